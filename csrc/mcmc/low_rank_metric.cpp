#include "mcmc/low_rank_metric.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

constexpr double kNear = 2.0;  // curvatures within that factor of 1 are left alone
constexpr double kLeastCurvature = 1e-8;

}  // namespace

void LowRankMetric::set_directions(std::vector<EigenPair> pairs) {
    directions_.clear();
    // Where a density is not concave there is no normal law to follow.
    const auto flat = [](const EigenPair& pair) { return !(pair.value > kLeastCurvature); };
    pairs.erase(std::remove_if(pairs.begin(), pairs.end(), flat), pairs.end());
    const auto distance = [](const EigenPair& pair) { return std::fabs(std::log(pair.value)); };
    std::stable_sort(pairs.begin(), pairs.end(), [&](const EigenPair& one, const EigenPair& other) {
        return distance(one) > distance(other);
    });
    for (EigenPair& pair : pairs) {
        if (directions_.size() == kMost || distance(pair) < std::log(kNear)) break;
        directions_.push_back({1.0 / std::sqrt(pair.value), std::move(pair.vector)});
    }
}

// Their vectors are orthogonal, so that one can be stretched after the other.
void LowRankMetric::stretch(double* x, bool back) const {
    for (const Direction& direction : directions_) {
        const double factor = (back ? 1.0 / direction.sd : direction.sd) - 1.0;
        const double along = factor * dot(direction.vector.data(), x, size());
        for (std::size_t j = 0; j < size(); ++j) x[j] += along * direction.vector[j];
    }
}

void LowRankMetric::forward(const double* x, double* y) const {
    std::copy_n(x, size(), y);
    stretch(y, false);
    for (std::size_t j = 0; j < size(); ++j) y[j] *= scale_[j];
}

void LowRankMetric::transposed(const double* x, double* y) const {
    for (std::size_t j = 0; j < size(); ++j) y[j] = scale_[j] * x[j];
    stretch(y, false);
}

void LowRankMetric::inverse(const double* x, double* y) const {
    for (std::size_t j = 0; j < size(); ++j) y[j] = x[j] / scale_[j];
    stretch(y, true);
}

Vector LowRankMetric::save() const {
    Vector all(scale_);
    all.resize(saved_size());
    for (std::size_t k = 0; k < directions_.size(); ++k) {
        double* to = &all[size() + k * (size() + 1)];
        *to = directions_[k].sd;
        std::copy(directions_[k].vector.begin(), directions_[k].vector.end(), to + 1);
    }
    return all;
}

void LowRankMetric::restore(const Vector& saved) {
    const auto own = static_cast<std::ptrdiff_t>(size());
    scale_.assign(saved.begin(), saved.begin() + own);
    directions_.clear();
    for (std::size_t k = 0; k < kMost; ++k) {
        const double* from = &saved[size() + k * (size() + 1)];
        if (*from > 0.0) directions_.push_back({*from, Vector(from + 1, from + 1 + own)});
    }
}

}  // namespace polyagamma
