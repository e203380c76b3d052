#include "mcmc/proposals.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "random/normals.hpp"

namespace polyagamma {
namespace {

constexpr double kTargetAcceptance = 0.3;
constexpr double kFirstStep = 0.5;  // of a log parameter
constexpr std::size_t kDegreesOfFreedom = 5;
constexpr double kTriesToTell = 30.0;

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

void RandomWalk::propose(const Vector& theta, BitGen& bitgen, Vector& proposal) {
    fill_normals(bitgen, normals_.data(), dimension_);
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double* row = state_.data() + i * dimension_;
        proposal[i] = theta[i] + std::inner_product(row, row + i + 1, normals_.begin(), 0.0);
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

IndependentProposal::IndependentProposal(std::size_t dimension)
    : dimension_(dimension),
      mean_(dimension),
      factor_(dimension * dimension),
      normals_(dimension + kDegreesOfFreedom) {
    for (std::size_t i = 0; i < dimension; ++i) factor_[i * dimension + i] = kFirstStep;
}

bool IndependentProposal::ready() const {
    return seen_ >= 10.0 * static_cast<double>(dimension_ + 1);
}

bool IndependentProposal::suffices() const {
    return tried_ >= kTriesToTell && acceptance_ >= 0.5;
}

// Try t has weight t, for the first proposals were worse.
void IndependentProposal::learn(double acceptance) {
    tried_ += 1.0;
    acceptance_ += 2.0 / (tried_ + 1.0) * (acceptance - acceptance_);
}

// C' = (1 - rate) (C + rate δ δᵀ), δ = theta - mean: West's update of a weighted covariance (1979, Commun.
// ACM 22, 532), here of its factor.
void IndependentProposal::see(const Vector& theta) {
    const double d = static_cast<double>(dimension_);
    if (seen_ == 0.0) mean_ = theta;
    const double rate = 2.0 / (seen_ + 2.0 * (d + 1.0));  // the start counts as d draws or so
    Vector difference(dimension_);
    for (std::size_t i = 0; i < dimension_; ++i) {
        difference[i] = theta[i] - mean_[i];
        mean_[i] += rate * difference[i];
    }
    rank_one_update(factor_.data(), dimension_, rate, difference.data());
    for (double& element : factor_) element *= std::sqrt(1.0 - rate);
    seen_ += 1.0;
}

void IndependentProposal::propose(const Vector&, BitGen& bitgen, Vector& proposal) {
    fill_normals(bitgen, normals_.data(), normals_.size());
    const double* squares = normals_.data() + dimension_;
    const double chi_square = std::inner_product(squares, squares + kDegreesOfFreedom, squares, 0.0);
    const double scale = std::sqrt(static_cast<double>(kDegreesOfFreedom) / chi_square);
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double* row = &factor_[i * dimension_];
        proposal[i] = mean_[i] + scale * std::inner_product(row, row + i + 1, normals_.begin(), 0.0);
    }
}

double IndependentProposal::log_ratio(const Vector& theta, const Vector& proposal) const {
    return log_density(theta) - log_density(proposal);
}

// But for a constant.
double IndependentProposal::log_density(const Vector& theta) const {
    Vector solved(dimension_);
    double square = 0.0;
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double* row = &factor_[i * dimension_];
        const double sum = std::inner_product(row, row + i, solved.begin(), 0.0);
        solved[i] = (theta[i] - mean_[i] - sum) / row[i];
        square += solved[i] * solved[i];
    }
    const auto nu = static_cast<double>(kDegreesOfFreedom);
    return -0.5 * (nu + static_cast<double>(dimension_)) * std::log1p(square / nu);
}

}  // namespace polyagamma
