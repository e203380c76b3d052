#include "linalg/gaussian.hpp"

#include "linalg/dense.hpp"

namespace polyagamma {

Status draw_from_precision(const Blas& blas, double* q, double* x, const double* normals, std::size_t n) {
    if (const Status status = cholesky(blas, q, n); !status.ok()) return status;
    solve_lower(blas, q, n, x);
    for (std::size_t j = 0; j < n; ++j) x[j] += normals[j];
    solve_lower_transposed(blas, q, n, x);
    return check_finite(x, n);
}

}  // namespace polyagamma
