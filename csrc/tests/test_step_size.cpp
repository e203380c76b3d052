#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <initializer_list>

#include "mcmc/step_size.hpp"

using namespace polyagamma;

namespace {

// The root mean square, over 64 phases and radii that a standard normal law has, of the energy error of a
// trajectory with the potential x²/2 + small (x³ − 3x)/6.
double simulated_error(double turn, std::size_t steps) {
    constexpr double kSmall = 1e-4;
    const double step = turn / static_cast<double>(steps);
    const auto force = [](double x) { return -kSmall * (x * x - 1.0) / 2.0; };
    const auto energy = [](double x, double p) {
        return 0.5 * (x * x + p * p) + kSmall * (x * x * x - 3.0 * x) / 6.0;
    };
    double sum = 0.0;
    for (int radius = 0; radius < 64; ++radius) {
        const double r = std::sqrt(-2.0 * std::log((radius + 0.5) / 64.0));
        for (int phase = 0; phase < 64; ++phase) {
            double x = r * std::cos(phase * 0.0981747704), p = r * std::sin(phase * 0.0981747704);
            const double before = energy(x, p);
            for (std::size_t i = 0; i < steps; ++i) {
                p += 0.5 * step * force(x);
                const double turned = x * std::cos(step) + p * std::sin(step);
                p = p * std::cos(step) - x * std::sin(step);
                x = turned;
                p += 0.5 * step * force(x);
            }
            sum += std::pow(energy(x, p) - before, 2);
        }
    }
    return std::sqrt(sum) / kSmall;
}

}  // namespace

TEST_CASE("energy errors are those of small cubic terms") {
    for (const double turn : {kQuarterTurn, kLongerTurn}) {
        const double fine = energy_error(turn, 8), simulated = simulated_error(turn, 8);
        for (const std::size_t steps : {1u, 2u, 3u, 5u}) {
            CAPTURE(turn);
            CAPTURE(steps);
            const double ratio = simulated_error(turn, steps) / simulated;
            CHECK(energy_error(turn, steps) / fine == doctest::Approx(ratio).epsilon(0.03));
        }
    }
}

// By hand: with 75 % of single steps of a quarter turn accepted, the energy error promises 66 % of single
// steps of 1.9 and 97 % of two of 0.95. Independent proposals would make the single step the better one
// there, too; that means alternate makes it the worse.
TEST_CASE("a longer turn takes the steps that its alternating means are worth") {
    const LeapfrogSettings used{kQuarterTurn, 1};
    const LeapfrogSettings quarter = most_effective_steps(used, 0.75, 32);
    CHECK(quarter.steps == 1);
    CHECK(quarter.step_size == kQuarterTurn);
    const LeapfrogSettings longer = most_effective_steps(used, 0.75, 32, 0.0, kLongerTurn);
    CHECK(longer.steps == 2);
    CHECK(longer.step_size == kLongerTurn / 2.0);
}

// By hand: a single step promises 0.69 independent draws, two 0.97, in two and three units of work. That
// means alternate would make them 1.19 and 1.87, and two the better.
TEST_CASE("where other moves share a sweep, alternating means are worth nothing") {
    CHECK(most_effective_steps({kLongerTurn, 1}, 0.82, 32, 1.0, kLongerTurn, false).steps == 1);
    CHECK(most_effective_steps({kLongerTurn, 1}, 0.6, 32, 1.0, kLongerTurn, false).steps == 2);
}
