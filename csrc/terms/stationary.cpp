#include "terms/stationary.hpp"

#include <cmath>
#include <utility>

#include "simd/loops.hpp"

namespace polyagamma {

StationaryFunction::StationaryFunction(Stationary family, std::size_t p, LogParameter variance,
                                       std::vector<LogParameter> length_scales)
    : family_(family), p_(p), variance_(variance), length_scales_(std::move(length_scales)) {}

bool StationaryFunction::at(const double* theta, Values& values) const {
    values.variance = std::exp(variance_.at(theta));
    values.inverse_scales.resize(p_);
    bool finite = std::isfinite(values.variance);
    for (std::size_t d = 0; d < p_; ++d) {
        values.inverse_scales[d] = std::exp(-length_scales_[length_scales_.size() == 1 ? 0 : d].at(theta));
        finite = finite && std::isfinite(values.inverse_scales[d]);
    }
    return finite;
}

StationaryCovariance::StationaryCovariance(StationaryFunction function, const double* inputs, std::size_t n,
                                           double jitter)
    : function_(std::move(function)), n_(n), jitter_(jitter), inputs_(n * function_.dimensions()) {
    const std::size_t p = function_.dimensions();
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t d = 0; d < p; ++d) inputs_[d * n + i] = inputs[i * p + d];
}

// Called by several threads at once, so the scaled inputs are its own.
Status StationaryCovariance::evaluate(const double* theta, double* matrix) {
    StationaryFunction::Values at;
    if (!function_.at(theta, at)) return {Status::Kind::not_finite};
    const std::size_t p = function_.dimensions();
    Vector scaled(inputs_);
    for (std::size_t d = 0; d < p; ++d)
        for (std::size_t i = 0; i < n_; ++i) scaled[d * n_ + i] *= at.inverse_scales[d];
    for (std::size_t i = 0; i < n_; ++i) {
        double* row = matrix + i * n_;
        loops().covariance.stationary_row(function_.family(), scaled.data(), n_, p, i, at.variance, row);
        row[i] *= 1.0 + jitter_;
    }
    return {};
}

}  // namespace polyagamma
