#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "simd/loops.hpp"

TEST_CASE("the level asked for by POLYAGAMMA_LEVEL is the level in use") {
    const char* asked = std::getenv("POLYAGAMMA_LEVEL");
    const std::string level = polyagamma::loops().level;
    CHECK((level == "baseline" || level == "v3" || level == "v4"));
    if (asked != nullptr && *asked != '\0') CHECK(level == asked);
}

TEST_CASE("levels are found by name, unknown ones are not") {
    REQUIRE(polyagamma::find_loops("baseline") != nullptr);
    CHECK(std::string(polyagamma::find_loops("baseline")->level) == "baseline");
    CHECK(polyagamma::find_loops("v5") == nullptr);
    CHECK(polyagamma::find_loops("") == nullptr);
}
