#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "pg/inverse_gaussian.hpp"
#include "random/block_stream.hpp"
#include "tests/pg_exact.hpp"

using namespace polyagamma;

namespace {

constexpr std::uint64_t kKey[4] = {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0,
                                   0x082efa98ec4e6c89};
constexpr int kDraws = 200000;

constexpr double kShapes[] = {1e-300, 1e-8, 1e-3, 0.03, 0.1,  0.5,   0.9, 1.0,    1.5, 2.0, 3.3,
                              4.0,    7.3,  16.0, 33.3, 40.0, 100.0, 1e3, 1024.0, 1e4, 1e6, 0x1p20};
constexpr double kTilts[] = {0.0,   1e-300, 1e-9, 1e-3,  0.1, 1.0, 3.0,  8.0,
                             15.99, 16.0,   40.0, 178.0, 1e3, 1e8, 1e300};

double log_acceptance_at(const Envelope& envelope, double b, double omega) {
    const double inside = clamp_to_table(b, omega);
    const CorrectionAddress at = correction_address(inside / (b + 1.0));
    return log_acceptance(envelope, inside, at, correction_polynomial(kCorrectionTable[at.piece], b));
}

// Mean acceptance over draws of the envelope: a Rao-Blackwell estimate, its error well below 0.002.
double acceptance(double b, double c) {
    BlockStream words(kKey, 1);
    const Envelope envelope = make_envelope(b, c);
    double sum = 0.0;
    for (int i = 0; i < 20000; ++i) {
        const double omega = envelope.mean * draw_ratio(words, envelope.root).ratio;
        sum += std::exp(std::fmin(0.0, log_acceptance_at(envelope, b, omega)));
    }
    return sum / 20000.0;
}

}  // namespace

TEST_CASE("the envelope majorises the density, far tails included") {
    for (const double b : kShapes) {
        for (const double c : kTilts) {
            const Envelope envelope = make_envelope(b, c);
            CAPTURE(b);
            CAPTURE(c);
            CHECK(envelope.slope >= 0.0);
            // The envelope touches at ω* and may exceed 1 by no more than the error of the table.
            const double rounding = 1e-15 * (b + 1.0);
            double highest = -1.0;
            for (double x = 1e-4; x < 20.0; x *= 1.0007) {
                highest = std::fmax(highest, log_acceptance_at(envelope, b, x * (b + 1.0)));
            }
            CHECK(highest < 1e-9 + rounding);
        }
    }
}

TEST_CASE("the acceptance is what the design says, and at least 0.81 everywhere") {
    const struct {
        double b, c, expected;
    } cases[] = {{1e-3, 0.0, 0.996}, {0.1, 0.0, 0.949}, {0.5, 0.0, 0.875},  {1.0, 0.0, 0.849},
                 {2.0, 0.0, 0.833},  {4.0, 0.0, 0.825}, {16.0, 0.0, 0.819}, {40.0, 0.0, 0.817}};
    for (const auto& k : cases) {
        CAPTURE(k.b);
        CHECK(std::abs(acceptance(k.b, k.c) - k.expected) < 0.006);
    }
    for (const double b : kShapes) {
        for (const double c : kTilts) {
            CAPTURE(b);
            CAPTURE(c);
            const double rate = acceptance(b, c);
            CHECK(rate > 0.81);
            if (c >= 10.0) CHECK(rate > 0.975);
        }
    }
}

TEST_CASE("at the switch to the local expansion both forms give the same density") {
    const double b = 0x1p20;
    for (const double c : {0.0, 0.1, 1.0, 3.0, 8.0, 15.0}) {
        const double y = pg_mean(1.0, c);
        const LocalExpansion local = local_expansion(b, y);
        const Envelope tangent = make_envelope(b, c);
        // log densities, up to one constant: log acceptance + log envelope.
        const auto difference = [&](double deviation) {
            const double omega = b * y * (1.0 + deviation);
            const double by_tangent = log_acceptance_at(tangent, b, omega) - tangent.slope * omega;
            const double mean_rate = 1.0 / (8.0 * y * y) - 0.5 * c * c;
            return value(local, deviation) - mean_rate * omega - by_tangent;
        };
        const double at_mean = difference(0.0);
        for (double sds = -8.0; sds <= 8.0; sds += 0.37) {
            CAPTURE(c);
            CAPTURE(sds);
            const double deviation = sds * std::sqrt(exact_relative_variance(b, c));
            CHECK(std::abs(difference(deviation) - at_mean) < 1e-8);
        }
    }
}

TEST_CASE("the local expansion has the curvature of the density, and its envelope majorises") {
    for (const double b : {0x1p21, 1e9, 1e15, 1e100, 1e300}) {
        for (const double c : {0.0, 1e-9, 0.1, 1.0, 3.0, 8.0, 20.0, 1000.0}) {
            const double y = pg_mean(1.0, c);
            const LocalExpansion local = local_expansion(b, y);
            // −½ y² b (1/K'' − 1/(4y³)), and K'' = relative variance of PG(1, c) times y².
            const double expected = -0.5 * b * (1.0 / exact_relative_variance(1.0, c) - 0.25 / y);
            CAPTURE(b);
            CAPTURE(c);
            CHECK(std::abs(local.d[2] / b - expected / b) < 1e-10 + 2.0 / b);
            const double sd = std::sqrt(0.5 * y / b);
            double highest = -1.0;
            for (double sds = -9.0; sds <= 9.0; sds += 0.01)
                highest = std::fmax(highest, value(local, sds * sd));
            CHECK(highest <= 0.0);
        }
    }
}

namespace {

// z-scores of mean, variance and four points of the Laplace transform of 2e5 draws. Six statistics at some
// 300 points: |z| ≤ 5.5 has a false-alarm probability of 7e-5; the seed is fixed.
void check_draws(double b, double c) {
    CAPTURE(b);
    CAPTURE(c);
    BlockStream words(kKey, 2);
    const double mean = pg_mean(b, c);
    std::vector<double> draws(kDraws);
    for (double& omega : draws) omega = draw_inverse_gaussian(words, b, c);
    if (exact_relative_variance(b, c) < 1e-24) {  // the mean to the resolution of a double
        for (const double omega : draws) REQUIRE(std::abs(omega / mean - 1.0) < 1e-11);
        return;
    }
    for (const double exponent : {0.2, 0.7, 1.5, 3.0}) {
        const double t = exact_laplace_point(b, c, exponent);
        Moments transform;
        for (const double omega : draws) transform.add(std::expm1(-t * omega));
        CAPTURE(exponent);
        CHECK(std::abs(transform.z_of_mean(std::expm1(-exponent))) < 5.5);
    }
    if (b < 0.03) return;  // too skew for the central limit theorem
    Moments relative;
    for (const double omega : draws) relative.add(omega / mean - 1.0);
    CHECK(std::abs(relative.z_of_mean(0.0)) < 5.5);
    CHECK(std::abs(relative.z_of_variance(exact_relative_variance(b, c))) < 5.5);
}

}  // namespace

TEST_CASE("draws have the exact mean, variance and Laplace transform") {
    for (const double b :
         {1e-8, 1e-3, 0.03, 0.1, 0.5, 1.0, 1.5, 3.3, 7.3, 20.0, 100.0, 1e4, 1e6, 0x1.8p20, 1e9, 1e15}) {
        for (const double c : {0.0, 1e-9, 0.3, 1.0, 4.0, 12.0, 20.0, 178.0, 1e3, 1e300}) check_draws(b, c);
    }
}

TEST_CASE("draws at the ends of the double range are finite") {
    BlockStream words(kKey, 3);
    const double largest = std::numeric_limits<double>::max();
    for (const double b :
         {std::numeric_limits<double>::denorm_min(), 1e-300, 1e-150, 1.0, 1e6, 1e150, largest}) {
        for (const double c : {0.0, std::numeric_limits<double>::denorm_min(), 1.0, 1e150, largest}) {
            for (int i = 0; i < 1000; ++i) {
                const double omega = draw_inverse_gaussian(words, b, c);
                CAPTURE(b);
                CAPTURE(c);
                CHECK((omega >= 0.0 && omega <= largest));
            }
        }
    }
}
