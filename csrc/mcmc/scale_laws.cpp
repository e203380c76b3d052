#include "mcmc/scale_laws.hpp"

#include <algorithm>
#include <cmath>

#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kNodes = ScaleGrid::kNodes;
constexpr double kFarthest = 40.0;  // of log λ that is looked at
constexpr double kLookedAt = 0.125;
constexpr double kDrop = 7.0;  // of the prior's log density from its mode to the ends of the grid

}  // namespace

ScaleGrid::ScaleGrid(const LocalScale& local, double tau0) : prior_(kNodes) {
    double mode = -HUGE_VAL;
    for (double t = -kFarthest; t <= kFarthest; t += kLookedAt) mode = std::max(mode, local.log_density(t));
    const auto likely = [&](double t) { return local.log_density(t) > mode - kDrop; };
    low_ = -kFarthest;
    high_ = kFarthest;
    while (low_ < kFarthest && !likely(low_)) low_ += kLookedAt;
    while (high_ > low_ && !likely(high_)) high_ -= kLookedAt;
    high_ += std::max(0.0, -std::log(tau0));
    for (std::size_t k = 0; k < kNodes; ++k) prior_[k] = std::exp(local.log_density(node(k)) - mode);
}

ScaleLaws::ScaleLaws(const ScaleGrid& grid, const ShrinkagePrior& prior,
                     const std::vector<std::size_t>& columns, const ColumnPseudoData& data)
    : low_(grid.low()),
      step_(grid.step()),
      density_(columns.size() * kNodes),
      distribution_(columns.size() * kNodes) {
    if (columns.empty()) return;
    double v[kNodes];
    const double tau = prior.tau(prior.columns().group[columns[0]]);
    for (std::size_t k = 0; k < kNodes; ++k)
        v[k] = prior.shrunk_variance(tau * tau * std::exp(2.0 * grid.node(k)));
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const double unit = prior.columns().unit[columns[c]], h = data.linear[columns[c]];
        const double a = data.precision[columns[c]], z = a > 0.0 ? 0.5 * h * h / a : 0.0;
        loops().scales.marginals(grid.prior().data(), v, kNodes, a / (unit * unit), z, &density_[c * kNodes]);
        normalise(c);
    }
}

// By the trapezoidal rule, which is exact where densities are linear.
void ScaleLaws::normalise(std::size_t c) {
    double *f = &density_[c * kNodes], *sums = &distribution_[c * kNodes];
    for (std::size_t k = 0; k + 1 < kNodes; ++k) sums[k + 1] = sums[k] + 0.5 * step_ * (f[k] + f[k + 1]);
    const double scale = 1.0 / sums[kNodes - 1];
    for (std::size_t k = 0; k < kNodes; ++k) {
        f[k] *= scale;
        sums[k] *= scale;
    }
}

ScaleLaws::Place ScaleLaws::place(double t) const {
    const double nodes = (t - low_) / step_;
    const std::size_t cell = std::min(static_cast<std::size_t>(nodes), kNodes - 2);
    return {cell, nodes - static_cast<double>(cell)};
}

double ScaleLaws::log_density(std::size_t c, double t) const {
    const Place at = place(t);
    const double* f = &density_[c * kNodes + at.cell];
    return std::log(f[0] + at.share * (f[1] - f[0]));
}

double ScaleLaws::probability(std::size_t c, double t) const {
    const Place at = place(t);
    const double* f = &density_[c * kNodes + at.cell];
    return distribution_[c * kNodes + at.cell] + step_ * at.share * (f[0] + 0.5 * at.share * (f[1] - f[0]));
}

// The root of f₀ x + ½(f₁ − f₀)x² = rest in which nothing cancels.
double ScaleLaws::quantile(std::size_t c, double probability) const {
    const double* sums = &distribution_[c * kNodes];
    const double* above = std::upper_bound(sums + 1, sums + kNodes - 1, probability);
    const auto cell = static_cast<std::size_t>(above - sums) - 1;
    const double *f = &density_[c * kNodes + cell], rest = (probability - sums[cell]) / step_;
    const double root = std::sqrt(std::max(0.0, f[0] * f[0] + 2.0 * (f[1] - f[0]) * rest));
    return low_ + step_ * (static_cast<double>(cell) + 2.0 * rest / (f[0] + root));
}

}  // namespace polyagamma
