#include "likelihood/excess.hpp"

#include <algorithm>

#include "linalg/panels.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

LogisticExcess::LogisticExcess(std::size_t n)
    : n_(n), b_(padded_rows(n)), kappa_(padded_rows(n)), offset_(padded_rows(n)), eta_(padded_rows(n)) {}

void LogisticExcess::set(const GaussianSites& surrogate, const LatentRows& rows) {
    surrogate_ = &surrogate;
    std::copy_n(rows.b, n_, b_.begin());
    std::copy_n(rows.kappa, n_, kappa_.begin());
    std::copy_n(rows.offset, n_, offset_.begin());
}

double LogisticExcess::differentiate(const double* g, double* gradient) {
    const PseudoData pseudo = surrogate_->rows();
    double lanes[kPanelRows] = {};
    for (std::size_t i = 0; i < n_; ++i) eta_[i] = offset_[i] + g[i];
    loops().model.residual_and_log_likelihood(kappa_.data(), b_.data(), eta_.size(), eta_.data(), lanes);
    double of_surrogate = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
        gradient[i] = eta_[i] - pseudo.linear[i] + pseudo.precision[i] * g[i];
        of_surrogate += (pseudo.linear[i] - 0.5 * pseudo.precision[i] * g[i]) * g[i];
    }
    return sum_lanes(lanes) - of_surrogate;
}

}  // namespace polyagamma
