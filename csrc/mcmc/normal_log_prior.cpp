#include "mcmc/normal_log_prior.hpp"

#include <cmath>

namespace polyagamma {
namespace {

constexpr double kHalfLogTwoPi = 0.9189385332046727;
constexpr std::size_t kPartialSums = 8;  // of NumPy's sum

}  // namespace

double NormalLogPrior::log_density(const double* theta, std::size_t i) const {
    const double difference = theta[i] - mean_[i];
    const double value = -0.5 * (difference * difference) - kHalfLogTwoPi;
    const bool inside = theta[i] >= low_[i] && theta[i] <= high_[i];
    return inside && std::isfinite(value) ? value : -HUGE_VAL;
}

// Added up in NumPy's order: eight sums in turn where there are as many terms, and the rest one by one.
Status NormalLogPrior::evaluate(const double* theta, double& log_density_of_all) {
    const std::size_t whole = size() - size() % kPartialSums;
    double sums[kPartialSums] = {};
    for (std::size_t i = 0; i < whole; ++i) sums[i % kPartialSums] += log_density(theta, i);
    double total = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    for (std::size_t i = whole; i < size(); ++i) total += log_density(theta, i);
    log_density_of_all = total;
    return {};
}

}  // namespace polyagamma
