#include "terms/stationary_features.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "linalg/dense.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = 8;  // of 100 columns: in the second-level cache, next to L

}  // namespace

StationaryFeatures::StationaryFeatures(StationaryFunction function, const double* inputs, std::size_t n,
                                       const double* points, std::size_t m, double jitter, bool independent,
                                       const Blas& blas)
    : function_(std::move(function)),
      m_(m),
      jitter_(jitter),
      independent_(independent),
      blas_(&blas),
      inputs_(n, function_.dimensions()),
      points_(points, points + m * function_.dimensions()) {
    inputs_.pack(0, n, inputs);
}

// Φ = K_fu L⁻ᵀ, block by block; called by several threads at once.
Status StationaryFeatures::evaluate(const double* theta, Features& features) {
    StationaryFunction::Values at;
    if (!function_.at(theta, at)) return {Status::Kind::not_finite};
    const Vector points = scaled_points(at.inverse_scales);
    Vector lower(m_ * m_);
    if (!factor(points, at.variance, lower).ok()) return {Status::Kind::not_finite};
    Vector& left = features.variance;
    for (std::size_t t = 0; t < inputs_.count(); t += kBlockPanels) {
        const std::size_t panels = std::min(kBlockPanels, inputs_.count() - t);
        double* block = features.matrix.panel(t);
        loops().covariance.stationary_panels(function_.family(), inputs_.panel(t), panels,
                                             function_.dimensions(), at.inverse_scales.data(), points.data(),
                                             m_, at.variance, block);
        loops().model.solve_lower(block, panels, m_, lower.data(), &left[t * kPanelRows]);
    }
    double total = 0.0;
    for (double& explained : left) {
        total += explained;
        explained = independent_ ? std::max(at.variance * (1.0 + jitter_) - explained, 0.0) : 0.0;
    }
    return std::isfinite(total) ? Status{} : Status{Status::Kind::not_finite};
}

Vector StationaryFeatures::scaled_points(const Vector& inverse_scales) const {
    const std::size_t p = function_.dimensions();
    Vector scaled(p * m_);
    for (std::size_t d = 0; d < p; ++d)
        for (std::size_t j = 0; j < m_; ++j) scaled[d * m_ + j] = points_[j * p + d] * inverse_scales[d];
    return scaled;
}

Status StationaryFeatures::factor(const Vector& points, double variance, Vector& lower) const {
    for (std::size_t i = 0; i < m_; ++i) {
        loops().covariance.stationary_row(function_.family(), points.data(), m_, function_.dimensions(), i,
                                          variance, &lower[i * m_]);
        lower[i * m_ + i] *= 1.0 + jitter_;
    }
    return cholesky(*blas_, lower.data(), m_).ok() ? Status{} : Status{Status::Kind::not_finite};
}

}  // namespace polyagamma
