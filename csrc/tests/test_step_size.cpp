#include <doctest/doctest.h>

#include "mcmc/step_size.hpp"

using namespace polyagamma;

// By hand: with 75 % of single steps of a quarter turn accepted, the energy error promises 61 % of single
// steps of 1.9 and 90 % of two of 0.95. Independent proposals would make the single step the better one
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
