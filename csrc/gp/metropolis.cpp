#include "gp/metropolis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace polyagamma {
namespace {

constexpr double kTargetAcceptance = 0.3;
constexpr double kFirstStep = 0.5;  // of a log parameter

// L Lᵀ + c x xᵀ = L' L'ᵀ in place of L (n, n), row-major; x is overwritten. L' must exist.
void rank_one_update(double* l, std::size_t n, double c, double* x) {
    for (std::size_t j = 0; j < n; ++j) {
        const double diagonal = l[j * n + j];
        const double updated = std::sqrt(diagonal * diagonal + c * x[j] * x[j]);
        const double ratio = x[j] / diagonal;
        l[j * n + j] = updated;
        for (std::size_t i = j + 1; i < n; ++i) {
            const double old = l[i * n + j];
            l[i * n + j] = (diagonal * old + c * x[j] * x[i]) / updated;
            x[i] -= ratio * old;
        }
        c *= diagonal * diagonal / (updated * updated);
    }
}

}  // namespace

RandomWalk::RandomWalk(std::size_t dimension)
    : dimension_(dimension), state_(dimension * dimension + 1), normals_(dimension) {
    for (std::size_t i = 0; i < dimension; ++i) state_[i * dimension + i] = kFirstStep;
}

void RandomWalk::propose(const double* theta, const double* normals, double* proposal) {
    std::copy(normals, normals + dimension_, normals_.begin());
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double* row = state_.data() + i * dimension_;
        proposal[i] = theta[i] + std::inner_product(row, row + i + 1, normals, 0.0);
    }
}

// S' S'ᵀ = S (I + step (acceptance - target) u uᵀ / |u|²) Sᵀ, with steps t^{-2/3}.
void RandomWalk::learn(double acceptance) {
    double& count = state_.back();
    count += 1.0;
    const double d = static_cast<double>(dimension_);
    const double step = std::min(1.0, d * std::pow(count, -2.0 / 3.0));
    const double norm = std::inner_product(normals_.begin(), normals_.end(), normals_.begin(), 0.0);
    Vector direction(dimension_);
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double* row = state_.data() + i * dimension_;
        direction[i] = std::inner_product(row, row + i + 1, normals_.begin(), 0.0);
    }
    rank_one_update(state_.data(), dimension_, step * (acceptance - kTargetAcceptance) / norm,
                    direction.data());
}

double RandomWalk::reach(const RandomWalk& other) const {
    double largest = 0.0;
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double *own = state_.data() + i * dimension_, *others = other.state_.data() + i * dimension_;
        const double square = std::inner_product(own, own + i + 1, own, 0.0);
        largest = std::max(largest, square / std::inner_product(others, others + i + 1, others, 0.0));
    }
    return std::sqrt(largest);
}

}  // namespace polyagamma
