#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "kernels/kernels.hpp"

TEST_CASE("the level asked for by POLYAGAMMA_LEVEL is the level in use") {
    const char* asked = std::getenv("POLYAGAMMA_LEVEL");
    const std::string level = polyagamma::kernels().level;
    CHECK((level == "baseline" || level == "v3" || level == "v4"));
    if (asked != nullptr && *asked != '\0') CHECK(level == asked);
}
