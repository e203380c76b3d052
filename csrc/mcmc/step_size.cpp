#include "mcmc/step_size.hpp"

#include <algorithm>
#include <cmath>

namespace polyagamma {
namespace {

// Beyond a quarter turn means of draws alternate, which is worth more than what squares lose: 2.2 was best
// for the least effective sample size of both per kick, and an acceptance of 80 %.
constexpr double kLongTurn = 2.2;
constexpr double kTargetAcceptance = 0.8;

// x >= 0 with erfc(x) = y, by bisection.
double inverse_erfc(double y) {
    double low = 0.0, high = 6.0;
    for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (low + high);
        (std::erfc(middle) > y ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

double within_reach(double step_size) {
    return std::clamp(step_size, kLongTurn / static_cast<double>(kMostLeapfrogSteps), kLongTurn);
}

}  // namespace

// Along a turn cubic terms are waves of one and of three cycles, of variances 3 to 1 under a normal law. The
// kicks sum their forces as a trapezoidal rule does, which gives (ks/2) cot(ks/2) times the integral of a
// wave of k cycles; the rest is the error. It grows as s² while s is small and faster from s = 1 on, as three
// cycles resonate with kicks 2.09 apart.
double energy_error(double turn, std::size_t steps) {
    const double half = 0.5 * turn / static_cast<double>(steps);
    const auto variance = [&](double cycles) {
        const double missed = 1.0 - cycles * half / std::tan(cycles * half);
        return missed * missed * (1.0 - std::cos(cycles * turn));
    };
    return std::sqrt(3.0 * variance(1.0) + variance(3.0));
}

LeapfrogSettings first_steps() {
    return {kQuarterTurn / 4, 4};
}

LeapfrogSettings most_effective_steps(const LeapfrogSettings& used, double acceptance, std::size_t most,
                                      double besides, double turn, bool alternating) {
    const double apart = turn > kQuarterTurn && alternating ? 1.0 - std::cos(turn) : 1.0;
    const double error = inverse_erfc(std::clamp(acceptance, 1e-3, 0.999)) /
                         energy_error(used.step_size * static_cast<double>(used.steps), used.steps);
    LeapfrogSettings best = used;
    double best_score = 0.0;
    for (std::size_t steps = 1; steps <= most; ++steps) {
        const double step_size = turn / static_cast<double>(steps);
        const double moved = apart * std::erfc(error * energy_error(turn, steps));
        const double score = moved / ((2.0 - moved) * (static_cast<double>(steps) + besides));
        if (score > best_score) {
            best_score = score;
            best = {step_size, steps};
        }
    }
    return best;
}

LeapfrogSettings StepSize::settings() const {
    const double steps = std::ceil(kLongTurn / step_size_);
    return {kLongTurn / steps, static_cast<std::size_t>(steps)};
}

void StepSize::learn(double acceptance) {
    count_ += 1.0;
    step_size_ =
        within_reach(step_size_ * std::exp(std::pow(count_, -2.0 / 3.0) * (acceptance - kTargetAcceptance)));
}

// The energy error has a standard deviation in proportion to step², and the probability of rejection is in
// proportion to that (Neal 2011, Handbook of MCMC, section 5.4.4: erfc near 0).
void StepSize::fit(double mean_acceptance) {
    const double rejected = std::clamp(1.0 - mean_acceptance, 0.02, 1.0);
    step_size_ = within_reach(settings().step_size * std::sqrt((1.0 - kTargetAcceptance) / rejected));
}

}  // namespace polyagamma
