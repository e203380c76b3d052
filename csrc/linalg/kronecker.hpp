#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"

namespace polyagamma {

// W with Wᵀ P W = I and Wᵀ H W = diag(h), for a positive definite P and a symmetric H.
struct Pencil {
    Vector vectors;     // W (size, size)
    Vector transposed;  // Wᵀ
    Vector values;      // h (size)

    std::size_t size() const { return values.size(); }
    void set_vectors(const double* to);
};

// `p` and `h` (n, n), whole.
Status solve_pencil(const Blas& blas, const Vector& p, const Vector& h, std::size_t n, Pencil& pencil);

// The basis A ⊗ S of matrices X = A Z Sᵀ with (A.size(), S.size()) entries, row-major.
struct KroneckerBasis {
    Pencil between, within;  // A, S

    std::size_t size() const { return between.size() * within.size(); }
    // x = (A ⊗ S) z and z = (A ⊗ S)ᵀ x; `work` (size).
    void apply(const Blas& blas, const double* z, double* x, double* work) const;
    void apply_transposed(const Blas& blas, const double* x, double* z, double* work) const;
    // The variance of coordinate `index` where those values multiply and a unit matrix is added.
    double variance(std::size_t index) const {
        return 1.0 / (1.0 + between.values[index / within.size()] * within.values[index % within.size()]);
    }
};

}  // namespace polyagamma
