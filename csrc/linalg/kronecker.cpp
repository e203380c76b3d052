#include "linalg/kronecker.hpp"

#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

Vector transpose(const Vector& a, std::size_t n) {
    Vector result(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) result[j * n + i] = a[i * n + j];
    return result;
}

}  // namespace

// With P = L Lᵀ and L⁻¹ H L⁻ᵀ = V diag(h) Vᵀ: W = L⁻ᵀ V.
Status solve_pencil(const Blas& blas, const Vector& p, const Vector& h, std::size_t n, Pencil& pencil) {
    pencil.values.resize(n);
    Vector factor(p), inverse(n * n), product(n * n), vectors(n * n);
    if (const Status status = cholesky(blas, factor.data(), n); !status.ok()) return status;
    invert_lower_transposed(blas, factor.data(), n, inverse.data());
    multiply(blas, h.data(), inverse.data(), n, n, n, product.data());
    multiply_transposed(blas, inverse.data(), product.data(), n, n, n, vectors.data());
    if (const Status status = eigenvectors(blas, vectors.data(), n, pencil.values.data()); !status.ok())
        return status;
    pencil.transposed.resize(n * n);
    multiply(blas, vectors.data(), transpose(inverse, n).data(), n, n, n, pencil.transposed.data());
    pencil.vectors = transpose(pencil.transposed, n);
    return {};
}

void Pencil::set_vectors(const double* to) {
    vectors.assign(to, to + size() * size());
    transposed = transpose(vectors, size());
}

void KroneckerBasis::apply(const Blas& blas, const double* z, double* x, double* work) const {
    const std::size_t k = between.size(), p = within.size();
    multiply(blas, between.vectors.data(), z, k, k, p, work);
    multiply(blas, work, within.transposed.data(), k, p, p, x);
}

void KroneckerBasis::apply_transposed(const Blas& blas, const double* x, double* z, double* work) const {
    const std::size_t k = between.size(), p = within.size();
    multiply(blas, x, within.vectors.data(), k, p, p, work);
    multiply_transposed(blas, between.vectors.data(), work, k, k, p, z);
}

}  // namespace polyagamma
