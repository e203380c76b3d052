#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "math/elementary.hpp"
#include "math/exact_sum.hpp"

using namespace polyagamma;

namespace {

// Distance from the exact value in units in the last place of a double near it.
double ulps(double value, long double exact) {
    const double rounded = static_cast<double>(exact);
    const double unit = std::nextafter(std::abs(rounded), INFINITY) - std::abs(rounded);
    return static_cast<double>(std::abs(static_cast<long double>(value) - exact)) / unit;
}

// Points with no pattern in their digits, dense enough to meet every branch of a reduction.
template <class Visit>
void visit(double from, double to, int count, Visit visitor) {
    for (int i = 0; i < count; ++i) {
        const double fraction = std::fmod(0.6180339887498949 * i + 1e-3, 1.0);
        visitor(from + (to - from) * fraction);
    }
}

}  // namespace

TEST_CASE("exponential and exponential_minus_one agree with long double libm") {
    double worst = 0.0;
    double worst_minus_one = 0.0;
    const auto compare = [&](double x) {
        worst = std::fmax(worst, ulps(exponential(x), std::exp(static_cast<long double>(x))));
        worst_minus_one = std::fmax(worst_minus_one,
                                    ulps(exponential_minus_one(x), std::expm1(static_cast<long double>(x))));
    };
    visit(-745.0, 709.0, 100000, compare);
    visit(-1.0, 1.0, 100000, compare);
    visit(-1e-8, 1e-8, 1000, compare);
    CHECK(worst <= 1.0);
    CHECK(worst_minus_one < 2.0);
    CHECK(exponential(0.0) == 1.0);
    CHECK(exponential(-1e300) == 0.0);
    CHECK(exponential(1e300) == INFINITY);
    CHECK(exponential_minus_one(-1e300) == -1.0);
    CHECK(exponential_minus_one(1e-300) == 1e-300);
}

TEST_CASE("the exponential of moderate arguments agrees with long double libm") {
    double worst = 0.0;
    const auto compare = [&](double x) {
        worst = std::fmax(worst, ulps(exponential_of_moderate(x), std::exp(static_cast<long double>(x))));
    };
    visit(-708.0, 700.0, 100000, compare);
    visit(-1.0, 1.0, 100000, compare);
    visit(-1e-8, 1e-8, 1000, compare);
    CHECK(worst < 1.1);
    CHECK(exponential_of_moderate(0.0) == 1.0);
    for (const double x : {-708.5, -1e300, -kInfinity}) {
        CHECK(exponential_of_moderate(x) > 0.0);
        CHECK(exponential_of_moderate(x) < 4e-308);
    }
    CHECK(std::isnan(exponential_of_moderate(NAN)));
}

TEST_CASE("logarithm and logarithm_one_plus agree with long double libm") {
    double worst = 0.0;
    double worst_one_plus = 0.0;
    const auto compare = [&](double x) {
        worst = std::fmax(worst, ulps(logarithm(x), std::log(static_cast<long double>(x))));
    };
    const auto compare_one_plus = [&](double x) {
        worst_one_plus =
            std::fmax(worst_one_plus, ulps(logarithm_one_plus(x), std::log1p(static_cast<long double>(x))));
    };
    visit(0.5, 2.0, 100000, compare);
    visit(1.0 - 1e-7, 1.0 + 1e-7, 1000, compare);
    visit(-1074.0, 1023.0, 100000, [&](double power) { compare(std::exp2(power)); });
    visit(-0.999, 1.0, 100000, compare_one_plus);
    visit(-1e-9, 1e-9, 1000, compare_one_plus);
    visit(-300.0, 300.0, 1000, [&](double power) { compare_one_plus(std::pow(10.0, power)); });
    CHECK(worst < 1.0);
    CHECK(worst_one_plus < 2.0);
    CHECK(logarithm(1.0) == 0.0);
    CHECK(logarithm(0.0) == -INFINITY);
    CHECK(logarithm_one_plus(0.0) == 0.0);
    CHECK(logarithm(std::numeric_limits<double>::denorm_min()) ==
          doctest::Approx(-1074 * std::log(2.0)).epsilon(1e-15));
}

TEST_CASE("cosine and sine of an eighth turn agree with long double libm") {
    double worst = 0.0;
    visit(-1.0, 1.0, 100000, [&](double t) {
        const long double angle = 0.785398163397448309615660845819875721L * t;
        const CosineSine point = cosine_sine_eighth_turn(t);
        worst = std::fmax(worst, ulps(point.cosine, std::cos(angle)));
        worst = std::fmax(worst, ulps(point.sine, std::sin(angle)));
    });
    CHECK(worst < 2.0);
}

TEST_CASE("sums of doubles that cancel are exact") {
    CHECK(exact_sum<3>({1e100, 1.0, -1e100}) == 1.0);
    CHECK(exact_sum<4>({1.0, 1e100, 1.0, -1e100}) == 2.0);
    CHECK(exact_sum<5>({1e16, 1e-16, -1e16, 1e-33, -1e-16}) == 1e-33);
    CHECK(exact_sum<6>({1e300, -1e-300, 1e150, -1e150, 1.0, -1e300}) == 1.0);
    CHECK(exact_sum<2>({0.1, 0.2}) == 0.1 + 0.2);
}
