#include "gp/stationary_features.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/kernels.hpp"
#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockRows = 256;

// Rows x of `rows` (count, m) into L⁻¹x.
void solve_rows(const Blas& blas, const Vector& lower, std::size_t m, std::size_t count, double* rows) {
    char left = 'L', upper = 'U', transposed = 'T', non_unit = 'N';  // column-major: Lᵀ, and the rows columns
    int order = static_cast<int>(m), columns = static_cast<int>(count);
    double one = 1.0;
    blas.dtrsm(&left, &upper, &transposed, &non_unit, &order, &columns, &one,
               const_cast<double*>(lower.data()), &order, rows, &order);
}

}  // namespace

StationaryFeatures::StationaryFeatures(StationaryFunction function, const double* inputs, std::size_t n,
                                       const double* points, std::size_t m, double jitter, bool independent,
                                       const Blas& blas)
    : function_(std::move(function)),
      n_(n),
      m_(m),
      jitter_(jitter),
      independent_(independent),
      blas_(&blas),
      inputs_(inputs, inputs + n * function_.dimensions()),
      points_(points, points + m * function_.dimensions()) {}

// Φ = K_fu L⁻ᵀ, block by block; called by several threads at once.
Evaluation StationaryFeatures::evaluate(const double* theta, double* features, double* variance) {
    StationaryFunction::Values at;
    if (!function_.at(theta, at)) return Evaluation::undefined;
    Vector columns = scaled_points(at.inverse_scales), row(m_ + 1), lower(m_ * m_);
    if (factor(columns, at.variance, lower) != Evaluation::ok) return Evaluation::undefined;
    double total = 0.0;
    for (std::size_t first = 0; first < n_; first += kBlockRows) {
        const std::size_t rows = std::min(kBlockRows, n_ - first);
        double* block = features + first * m_;
        covariances(at, first, rows, columns, row, block);
        solve_rows(*blas_, lower, m_, rows, block);
        for (std::size_t i = 0; i < rows; ++i) {
            const double explained = dot(block + i * m_, block + i * m_, m_);
            const double left = at.variance * (1.0 + jitter_) - explained;
            variance[first + i] = independent_ ? std::max(left, 0.0) : 0.0;
            total += explained;
        }
    }
    return std::isfinite(total) ? Evaluation::ok : Evaluation::undefined;
}

Vector StationaryFeatures::scaled_points(const Vector& inverse_scales) const {
    const std::size_t p = function_.dimensions();
    Vector columns(p * (m_ + 1));
    for (std::size_t d = 0; d < p; ++d)
        for (std::size_t j = 0; j < m_; ++j)
            columns[d * (m_ + 1) + j] = points_[j * p + d] * inverse_scales[d];
    return columns;
}

Evaluation StationaryFeatures::factor(const Vector& columns, double variance, Vector& lower) const {
    for (std::size_t i = 0; i < m_; ++i) {
        kernels().covariance.stationary_row(function_.family(), columns.data(), m_ + 1,
                                            function_.dimensions(), i, variance, &lower[i * m_]);
        lower[i * m_ + i] *= 1.0 + jitter_;
    }
    return cholesky(*blas_, lower.data(), m_).ok() ? Evaluation::ok : Evaluation::undefined;
}

void StationaryFeatures::covariances(const StationaryFunction::Values& at, std::size_t first,
                                     std::size_t rows, Vector& columns, Vector& row, double* out) const {
    const std::size_t p = function_.dimensions();
    for (std::size_t i = 0; i < rows; ++i) {
        const double* x = &inputs_[(first + i) * p];
        for (std::size_t d = 0; d < p; ++d) columns[d * (m_ + 1) + m_] = x[d] * at.inverse_scales[d];
        kernels().covariance.stationary_row(function_.family(), columns.data(), m_ + 1, p, m_, at.variance,
                                            row.data());
        std::copy(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(m_), out + i * m_);
    }
}

}  // namespace polyagamma
