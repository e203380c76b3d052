#include "gp/stationary.hpp"

#include <cmath>
#include <utility>

#include "kernels/kernels.hpp"

namespace polyagamma {

StationaryCovariance::StationaryCovariance(Stationary family, const double* inputs, std::size_t n,
                                           std::size_t p, LogParameter variance,
                                           std::vector<LogParameter> length_scales, double jitter)
    : family_(family),
      n_(n),
      p_(p),
      variance_(variance),
      length_scales_(std::move(length_scales)),
      jitter_(jitter),
      inputs_(n * p) {
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t d = 0; d < p; ++d) inputs_[d * n + i] = inputs[i * p + d];
}

// Called by several threads at once, so the scaled inputs are its own.
Evaluation StationaryCovariance::evaluate(const double* theta, double* matrix) {
    Vector scaled(inputs_);
    for (std::size_t d = 0; d < p_; ++d) {
        const LogParameter& scale = length_scales_[length_scales_.size() == 1 ? 0 : d];
        const double inverse = std::exp(-scale.at(theta));
        if (!std::isfinite(inverse)) return Evaluation::undefined;
        for (std::size_t i = 0; i < n_; ++i) scaled[d * n_ + i] *= inverse;
    }
    const double variance = std::exp(variance_.at(theta));
    if (!std::isfinite(variance)) return Evaluation::undefined;
    for (std::size_t i = 0; i < n_; ++i) {
        double* row = matrix + i * n_;
        kernels().covariance.stationary_row(family_, scaled.data(), n_, p_, i, variance, row);
        row[i] *= 1.0 + jitter_;
    }
    return Evaluation::ok;
}

}  // namespace polyagamma
