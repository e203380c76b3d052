#include "gp/independence.hpp"

#include <cmath>
#include <numeric>

#include "random/normals.hpp"

namespace polyagamma {
namespace {

constexpr double kFreedom = 4.0;
constexpr double kDrawsToLearn = 30.0;  // for each number of the mean, and one
constexpr double kTriesToLearn = 30.0;
constexpr double kLeastAcceptance = 0.3;  // that of the random walk
constexpr double kAmpleAcceptance = 0.5;  // draws are then correlated with two or three others

// The mean of what came, the t-th with weight t.
void average(double value, double rate, double& mean) {
    mean += rate * (value - mean);
}

}  // namespace

Independence::Independence(std::size_t dimension)
    : dimension_(dimension),
      mean_(dimension),
      covariance_(dimension * dimension),
      factor_(dimension * dimension),
      work_(dimension) {}

void Independence::learn(const double* theta) {
    const double rate = 2.0 / (++draws_ + 1.0);
    for (std::size_t i = 0; i < dimension_; ++i) work_[i] = theta[i] - mean_[i];
    for (std::size_t i = 0; i < dimension_; ++i) {
        mean_[i] += rate * work_[i];
        for (std::size_t j = 0; j <= i; ++j)
            average((1.0 - rate) * work_[i] * work_[j], rate, covariance_[i * dimension_ + j]);
    }
}

void Independence::learn_acceptance(double acceptance) {
    const double rate = 2.0 / (++tries_ + 1.0);
    average(acceptance, rate, acceptance_);
}

bool Independence::ready() const {
    return draws_ >= kDrawsToLearn * static_cast<double>(dimension_ + 1);
}

bool Independence::pays() const {
    return tries_ >= kTriesToLearn && acceptance_ >= kLeastAcceptance;
}

bool Independence::suffices() const {
    return pays() && acceptance_ >= kAmpleAcceptance;
}

bool Independence::prepare() {
    const std::size_t d = dimension_;
    for (std::size_t i = 0; i < d; ++i) {
        double* row = &factor_[i * d];
        for (std::size_t j = 0; j <= i; ++j) {
            const double* other = &factor_[j * d];
            const double left = covariance_[i * d + j] - std::inner_product(row, row + j, other, 0.0);
            if (i == j && !(left > 0.0)) return false;
            row[j] = i == j ? std::sqrt(left) : left / other[j];
        }
    }
    return true;
}

// A normal vector over the root of a chi-squared variable, here the sum of two exponential ones, over its
// degrees of freedom.
void Independence::propose(BitGen& bitgen, double* proposal) {
    fill_normals(bitgen, work_.data(), dimension_);
    const double first = 1.0 - bitgen.next_double(bitgen.state);
    const double second = 1.0 - bitgen.next_double(bitgen.state);
    const double chi_squared = -2.0 * (std::log(first) + std::log(second));
    const double scale = std::sqrt(kFreedom / chi_squared);
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double* row = &factor_[i * dimension_];
        proposal[i] = mean_[i] + scale * std::inner_product(row, row + i + 1, work_.data(), 0.0);
    }
}

double Independence::log_density(const double* theta) {
    double square = 0.0;
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double* row = &factor_[i * dimension_];
        const double from_mean = theta[i] - mean_[i];
        work_[i] = (from_mean - std::inner_product(row, row + i, work_.data(), 0.0)) / row[i];
        square += work_[i] * work_[i];
    }
    return -0.5 * (kFreedom + static_cast<double>(dimension_)) * std::log1p(square / kFreedom);
}

}  // namespace polyagamma
