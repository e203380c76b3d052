#include "mcmc/student_turn.hpp"

#include <algorithm>
#include <cmath>

#include "random/variates.hpp"

namespace polyagamma {
namespace {

constexpr double kDegrees = 5.0;
constexpr double kLeastAngle = 1e-3, kMostAngle = 1.9;  // see kLongerTurn
constexpr double kTargetAcceptance =
    0.44;  // of one coordinate (Roberts and Rosenthal 2001, Stat. Sci. 16, 351)

}  // namespace

double StudentTurn::deviation(double x) const {
    return (x - mean_) / std::sqrt(squares_ / weight_);
}

double StudentTurn::propose(double x, BitGen& bitgen) const {
    const double d = deviation(x);
    const double w = gamma_variate(0.5 * (kDegrees + 1.0), bitgen) / (0.5 * (kDegrees + d * d));
    const double spread = std::sqrt(squares_ / weight_ / w);
    return mean_ + std::cos(angle_) * (x - mean_) + std::sin(angle_) * spread * normal_variate(bitgen);
}

double StudentTurn::log_ratio(double from, double to) const {
    const double before = deviation(from), after = deviation(to);
    return 0.5 * (kDegrees + 1.0) *
           (std::log1p(after * after / kDegrees) - std::log1p(before * before / kDegrees));
}

double StudentTurn::reach() const {
    return std::min(1.0, 1.0 - std::cos(angle_));
}

void StudentTurn::see(double x) {
    seen_ += 1.0;
    weight_ += seen_;
    const double before = x - mean_;
    mean_ += seen_ / weight_ * before;
    squares_ += seen_ * before * (x - mean_);
}

void StudentTurn::learn(double acceptance) {
    learned_ += 1.0;
    const double change = std::pow(learned_, -2.0 / 3.0) * (acceptance - kTargetAcceptance);
    angle_ = std::clamp(angle_ * std::exp(change), kLeastAngle, kMostAngle);
}

}  // namespace polyagamma
