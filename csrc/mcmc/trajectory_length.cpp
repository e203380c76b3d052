#include "mcmc/trajectory_length.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace polyagamma {
namespace {

constexpr double kRate = 0.025, kDecayOfFirst = 0.0, kDecayOfSecond = 0.95, kTiny = 1e-8;
constexpr double kShortest = 0.3, kLongest = 100.0;

}  // namespace

double TrajectoryLength::length() const {
    return std::exp(log_length_);
}

double TrajectoryLength::settle() {
    if (summed_ > 0.0) log_length_ = sum_ / summed_;
    sum_ = summed_ = 0.0;
    return length();
}

void TrajectoryLength::restart(double log_length) {
    *this = TrajectoryLength();
    log_length_ = log_length;
}

void TrajectoryLength::add(double acceptance, double fraction, double slope) {
    if (!std::isfinite(slope)) return;
    weight_ += acceptance;
    slope_ += acceptance * fraction * slope;
}

void TrajectoryLength::learn() {
    const double weight = std::exchange(weight_, 0.0), slope = std::exchange(slope_, 0.0);
    if (weight > kTiny) {
        const double gradient = length() * slope / weight;
        count_ += 1.0;
        first_ = kDecayOfFirst * first_ + (1.0 - kDecayOfFirst) * gradient;
        second_ = kDecayOfSecond * second_ + (1.0 - kDecayOfSecond) * gradient * gradient;
        const double first = first_ / (1.0 - std::pow(kDecayOfFirst, count_));
        const double second = second_ / (1.0 - std::pow(kDecayOfSecond, count_));
        log_length_ += kRate * first / (std::sqrt(second) + kTiny);
        log_length_ = std::clamp(log_length_, std::log(kShortest), std::log(kLongest));
    }
    sum_ += log_length_;
    summed_ += 1.0;
}

double reversed_bits(std::uint64_t number) {
    double value = 0.0, bit = 0.5;
    for (; number > 0; number >>= 1, bit *= 0.5) value += (number & 1) != 0 ? bit : 0.0;
    return value;
}

}  // namespace polyagamma
