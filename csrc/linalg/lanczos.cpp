#include "linalg/lanczos.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

double norm(const Vector& x) {
    return std::sqrt(dot(x.data(), x.data(), x.size()));
}

void add(double factor, const Vector& x, Vector& y) {
    for (std::size_t j = 0; j < y.size(); ++j) y[j] += factor * x[j];
}

void scale(double factor, Vector& x) {
    for (double& value : x) value *= factor;
}

}  // namespace

Status lanczos(const Blas& blas, const std::function<void(const double*, double*)>& product,
               std::size_t steps, double tolerance, Vector& start, std::vector<EigenPair>& found) {
    constexpr double kExhausted = 1e-10;  // of the matrix: the space is invariant
    const std::size_t order = start.size();
    std::vector<Vector> basis;
    Vector diagonal, beside;  // of the tridiagonal matrix
    double left = norm(start), largest = 0.0;
    for (std::size_t k = 0; k < std::min(steps, order) && left > kExhausted * largest; ++k) {
        scale(1.0 / left, start);
        basis.push_back(start);
        Vector next(order);
        product(basis.back().data(), next.data());
        diagonal.push_back(dot(next.data(), basis.back().data(), order));
        largest = std::max(largest, std::fabs(diagonal.back()));
        for (int twice = 0; twice < 2; ++twice)
            for (const Vector& one : basis) add(-dot(next.data(), one.data(), order), one, next);
        left = norm(next);
        beside.push_back(left);
        start = next;
    }
    const std::size_t m = basis.size();
    Vector matrix(m * m), values(m);
    for (std::size_t k = 0; k < m; ++k) {
        matrix[k * m + k] = diagonal[k];
        if (k + 1 < m) matrix[k * m + k + 1] = matrix[(k + 1) * m + k] = beside[k];
    }
    if (const Status status = eigenvectors(blas, matrix.data(), m, values.data()); !status.ok())
        return status;
    for (std::size_t i = 0; i < m; ++i) {
        const double* weights = &matrix[i * m];
        const double residual = m == order ? 0.0 : beside.back() * std::fabs(weights[m - 1]);
        if (!(residual <= tolerance * std::fabs(values[i]))) continue;
        EigenPair pair{values[i], Vector(order)};
        for (std::size_t k = 0; k < m; ++k) add(weights[k], basis[k], pair.vector);
        found.push_back(std::move(pair));
    }
    return {};
}

}  // namespace polyagamma
