#include <doctest/doctest.h>

#include <cmath>

#include "pg/correction.hpp"
#include "tests/correction_reference.hpp"

using namespace polyagamma;

namespace {

struct ValueSlope {
    double value;  // R_b(ω) − b log 2
    double slope;  // its derivative with respect to x = ω/(b + 1)
};

ValueSlope tabulated(double b, double x) {
    const CorrectionPlace place = correction_place(x);
    const CorrectionPolynomial p = correction_polynomial(correction_piece(place), correction_scale(b));
    return {value(p, place.t), slope(p, place.t) * place.dt_dx};
}

constexpr double kShapes[] = {1e-300, 1e-8, 1e-3, 0.1,  0.5,   1.0, 1.5,   2.7,
                              4.0,    7.3,  16.0, 40.0, 500.0, 1e4, 0x1p20};

}  // namespace

TEST_CASE("the tabulated correction agrees with mpmath") {
    for (const CorrectionReference& r : kCorrectionReference) {
        CAPTURE(r.b);
        CAPTURE(r.omega);
        // Where exp(R_b) matters |R_b − b log 2| is of the order of b at most; far out only the rounding
        // counts.
        const double tolerance = 3e-10 + 1e-15 * std::abs(r.correction);
        CHECK(std::abs(tabulated(r.b, r.omega / (r.b + 1.0)).value - r.correction) < tolerance);
    }
}

TEST_CASE("the slope is the derivative of the value") {
    for (const double b : kShapes) {
        for (double x = 0.0117; x < 15.0; x *= 1.0173) {
            const double step = 1e-4 * x;
            const double difference =
                (tabulated(b, x + step).value - tabulated(b, x - step).value) / (2.0 * step);
            CAPTURE(b);
            CAPTURE(x);
            CHECK(std::abs(tabulated(b, x).slope - difference) <
                  2e-6 * (b + 1.0) * (1.0 + std::abs(difference) / (b + 1.0)));
        }
    }
}

TEST_CASE("the tabulated correction is concave and continuous across its pieces") {
    for (const double b : kShapes) {
        ValueSlope before = tabulated(b, kCorrectionMinX);
        double at = kCorrectionMinX;
        for (int i = 1; i < 170 * 20; ++i) {
            const int octave = (i + 6 * 20) / 320;
            const double x = std::ldexp(1.0 + ((i + 6 * 20) % 320) / 320.0, octave - 7);
            const ValueSlope here = tabulated(b, x);
            CAPTURE(b);
            CAPTURE(x);
            // A tangent at one end stays above the other end: the very property that the envelope needs.
            CHECK(before.value + before.slope * (x - at) >= here.value - 1e-9 - 1e-15 * std::abs(here.value));
            CHECK(here.value - here.slope * (x - at) >= before.value - 1e-9 - 1e-15 * std::abs(here.value));
            before = here;
            at = x;
        }
    }
}
