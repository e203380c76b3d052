#include "likelihood/sites.hpp"

#include <algorithm>
#include <cmath>

#include "math/elementary.hpp"

namespace polyagamma {
namespace {

constexpr double kLeastCurvature = 1e-6;  // of a row, as a share of its largest, b / 4

}  // namespace

// Sweep t has weight t, so that the way to the posterior is forgotten.
void GaussianSites::learn(const LatentRows& rows, const double* g) {
    count_ += 1.0;
    const double rate = 2.0 / (count_ + 1.0);
    for (std::size_t i = 0; i < rows.n; ++i) {
        const double eta = rows.offset[i] + g[i];
        const double e = exponential(-std::fabs(eta));
        const double tanh_half = std::copysign((1.0 - e) / (1.0 + e), eta);
        const double curvature = rows.b[i] * std::max(e / ((1.0 + e) * (1.0 + e)), 0.25 * kLeastCurvature);
        precision_[i] += rate * (curvature - precision_[i]);
        gradient_[i] += rate * (rows.kappa[i] - 0.5 * rows.b[i] * tanh_half - gradient_[i]);
        mean_[i] += rate * (g[i] - mean_[i]);
        linear_[i] = gradient_[i] + precision_[i] * mean_[i];
    }
}

void GaussianSites::pool(const std::vector<const GaussianSites*>& each) {
    *this = GaussianSites(mean_.size());
    count_ = each.front()->count_;
    const double share = 1.0 / static_cast<double>(each.size());
    for (std::size_t i = 0; i < mean_.size(); ++i) {
        for (const GaussianSites* one : each) {
            precision_[i] += share * one->precision_[i];
            gradient_[i] += share * one->gradient_[i];
            mean_[i] += share * one->mean_[i];
        }
        linear_[i] = gradient_[i] + precision_[i] * mean_[i];
    }
}

double GaussianSites::excess(const LatentRows& rows, const double* g) const {
    double sum = log_likelihood(rows, g);
    for (std::size_t i = 0; i < rows.n; ++i) sum -= (linear_[i] - 0.5 * precision_[i] * g[i]) * g[i];
    return sum;
}

}  // namespace polyagamma
