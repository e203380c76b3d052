#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "pg/inverse_gaussian.hpp"
#include "pg/sampler.hpp"
#include "random/block_stream.hpp"
#include "simd/loops.hpp"
#include "tests/correction_reference.hpp"
#include "tests/pg_exact.hpp"

using namespace polyagamma;

namespace {

constexpr std::uint64_t kKey[4] = {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0,
                                   0x082efa98ec4e6c89};
constexpr double kShapes[] = {1e-300, 1e-8, 1e-3, 0.03, 0.1,  0.5,   0.9, 1.0,    1.5, 2.0, 3.3,
                              4.0,    7.3,  16.0, 33.3, 40.0, 100.0, 1e3, 1024.0, 1e4, 1e6, 0x1p20};
constexpr double kTilts[] = {0.0,   1e-300, 1e-9, 1e-3,  0.1, 1.0, 3.0,  8.0,
                             15.99, 16.0,   40.0, 178.0, 1e3, 1e8, 1e300};

double log_acceptance_at(const Envelope& envelope, double b, double omega) {
    const CorrectionScale scale = correction_scale(b);
    const Point point = make_point(omega, scale);
    return log_acceptance(envelope, point, polynomial_at(point, scale));
}

// Largest |z-score| of the mean, the variance and four points of the Laplace transform.
double worst_z_score(const std::vector<double>& draws, double b, double c) {
    const double mean = pg_mean(b, c);
    double worst = 0.0;
    if (exact_relative_variance(b, c) < 1e-24) {  // the mean to the resolution of a double
        for (const double omega : draws) worst = std::fmax(worst, 1e12 * std::abs(omega / mean - 1.0));
        return worst;
    }
    for (const double exponent : {0.2, 0.7, 1.5, 3.0}) {
        const double t = exact_laplace_point(b, c, exponent);
        Moments transform;
        for (const double omega : draws) transform.add(std::expm1(-t * omega));
        worst = std::fmax(worst, std::abs(transform.z_of_mean(std::expm1(-exponent))));
    }
    if (b < 0.03) return worst;  // too skew for the central limit theorem
    Moments relative;
    for (const double omega : draws) relative.add(omega / mean - 1.0);
    worst = std::fmax(worst, std::abs(relative.z_of_mean(0.0)));
    return std::fmax(worst, std::abs(relative.z_of_variance(exact_relative_variance(b, c))));
}

// Mean acceptance over draws of the envelope: a Rao-Blackwell estimate, its error well below 0.002.
double acceptance(double b, double c) {
    BlockStream words(kKey, 1);
    const Envelope envelope = make_envelope(b, c, correction_scale(b));
    double sum = 0.0;
    for (int i = 0; i < 20000; ++i) {
        const double omega = envelope.mean * draw_ratio(words, envelope.root).ratio;
        sum += std::exp(std::fmin(0.0, log_acceptance_at(envelope, b, omega)));
    }
    return sum / 20000.0;
}

}  // namespace

TEST_CASE("the envelope is the inverse Gaussian of Levy density, tilt and tangent") {
    for (const double b : {1e-100, 1e-8, 0.1, 1.0, 7.3, 1e3, 0x1p20}) {
        for (const double c : {0.0, 1e-9, 0.3, 3.0, 15.9, 16.0, 178.0, 1e100}) {
            const Envelope e = make_envelope(b, c, correction_scale(b));
            CAPTURE(b);
            CAPTURE(c);
            CHECK(std::abs(2.0 * e.mean / b * std::hypot(c, std::sqrt(2.0 * e.slope)) - 1.0) < 1e-14);
            CHECK(std::abs(0.5 * b * (e.root / e.mean) * b * e.root - 1.0) <
                  1e-14);  // root² = μ/(2λ), λ = b²/4
        }
    }
}

TEST_CASE("the envelope majorises the density, far tails included") {
    for (const double b : kShapes) {
        for (const double c : kTilts) {
            const Envelope envelope = make_envelope(b, c, correction_scale(b));
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
            CHECK(log_acceptance_at(envelope, b, 16.0 * (b + 1.0)) <
                  -60.0);  // nothing is lost beyond the table
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
        const Envelope tangent = make_envelope(b, c, correction_scale(b));
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

TEST_CASE("the local expansion agrees with mpmath") {
    for (const LocalReference& r : kLocalReference) {
        CAPTURE(r.b);
        CAPTURE(r.c);
        CAPTURE(r.deviation);
        const LocalExpansion local = local_expansion(r.b, pg_mean(1.0, r.c));
        const double error = value(local, r.deviation) - value(local, 0.0) - r.log_ratio;
        CHECK(std::abs(error) < 4e-10 * (1.0 - 4.0 * r.log_ratio));  // log_ratio is about -16 at 10 sd
    }
}

TEST_CASE("the envelope of the local expansion majorises") {
    for (const double b : {0x1.00001p20, 1e9, 1e15, 1e100, 1e300}) {
        for (const double c : {0.0, 1e-9, 0.1, 1.0, 3.0, 8.0, 20.0, 1000.0}) {
            const double y = pg_mean(1.0, c);
            const LocalExpansion local = local_expansion(b, y);
            const double sd = std::sqrt(4.0 * y / b);
            double highest = -1.0;
            for (double sds = -9.0; sds <= 9.0; sds += 0.01) {
                highest = std::fmax(highest, value(local, sds * sd));
            }
            CAPTURE(b);
            CAPTURE(c);
            CHECK(highest <= 0.0);
            CHECK(highest > -1e-6);
        }
    }
}

TEST_CASE("the squeeze of the bare envelope stays below the acceptance probability") {
    for (const double b : {1e-8, 0.1, 1.0, 7.3, 100.0, 1024.0}) {
        const Envelope envelope = bare_envelope(b, 16.0);
        double excess = 0.0;
        for (double x = 1e-3; x < 4.0; x *= 1.001) {
            const double omega = x * (b + 1.0);
            const double exact = std::exp(log_acceptance_at(envelope, b, omega));
            excess = std::fmax(excess, bare_squeeze(b + 1.0, omega) - exact);
        }
        CAPTURE(b);
        CHECK(excess == 0.0);
    }
}

TEST_CASE("single draws have the exact mean, variance and Laplace transform") {
    // 6 scores at 112 points of 1e5 draws: |z| ≤ 6 fails by chance with probability 1e-6.
    std::vector<double> draws(100000);
    for (const double b :
         {1e-8, 1e-3, 0.03, 0.1, 0.5, 1.0, 1.5, 3.3, 7.3, 20.0, 100.0, 1e4, 1e6, 0x1.8p20, 1e9, 1e15}) {
        for (const double c : {0.0, 1e-9, 1.0, 5.0, 15.0, 178.0, 1e300}) {
            BlockStream words(kKey, 2);
            for (double& omega : draws) omega = draw_inverse_gaussian(words, b, c);
            CAPTURE(b);
            CAPTURE(c);
            CHECK(worst_z_score(draws, b, c) < 6.0);
        }
    }
}

TEST_CASE("block draws have the exact mean, variance and Laplace transform") {
    // Shapes and tilts of all kinds of envelopes alternate within the blocks; then one pair of them fills the
    // blocks.
    const double shapes[] = {0.1, 0.9, 1.5, 7.3, 33.3, 1e6, 0x1.8p20, 1e12};
    const double tilts[] = {0.0, 1.0, 5.0, 15.99, 16.0, 178.0};
    constexpr std::size_t kPairs = 48;
    constexpr std::size_t kDraws = 50000;
    std::vector<double> h, z;
    for (std::size_t i = 0; i < kPairs * kDraws; ++i) {
        h.push_back(shapes[i % 8]);
        z.push_back(tilts[i / 8 % 6]);
    }
    std::vector<double> mixed(h.size()), draws(kDraws);
    fill(FillKey{}, 0, {h.data(), 1}, {z.data(), 1}, h.size(), mixed.data(), Method::inverse_gaussian);
    for (std::size_t pair = 0; pair < kPairs; ++pair) {
        CAPTURE(h[pair]);
        CAPTURE(z[pair]);
        for (std::size_t i = 0; i < kDraws; ++i) draws[i] = mixed[pair + kPairs * i];
        CHECK(worst_z_score(draws, h[pair], z[pair]) < 6.0);
        fill(FillKey{}, 0, {&h[pair], 0}, {&z[pair], 0}, kDraws, draws.data(), Method::inverse_gaussian);
        CHECK(worst_z_score(draws, h[pair], z[pair]) < 6.0);
    }
}

TEST_CASE("block draws have the same bits on every level, extremes included") {
    const double largest = std::numeric_limits<double>::max();
    const double shapes[] = {1e-300, 1e-8, 0.3, 1.0, 12.5, 1024.0, 1e5, 1e7, 1e15, largest};
    const double tilts[] = {0.0, 1e-300, 0.7, 2.0, 9.0, 16.0, 1e3, 1e300, largest};
    double h[kBlock], z[kBlock], expected[kBlock], out[kBlock];
    for (std::size_t i = 0; i < kBlock; ++i) {
        h[i] = shapes[i % 10];
        z[i] = tilts[i / 10 % 9];
    }
    find_loops("baseline")->fill_block(kKey, 7, {h, 1}, {z, 1}, kBlock, expected, Method::inverse_gaussian);
    for (const double omega : expected) CHECK((omega >= 0.0 && omega <= largest));
    for (const char* level : {"v3", "v4"}) {
        const Loops* simd = find_loops(level);
        if (simd == nullptr) continue;
        simd->fill_block(kKey, 7, {h, 1}, {z, 1}, kBlock, out, Method::inverse_gaussian);
        CAPTURE(level);
        CHECK(std::memcmp(out, expected, sizeof out) == 0);
    }
}

TEST_CASE("single draws at the ends of the double range are finite") {
    BlockStream words(kKey, 3);
    const double largest = std::numeric_limits<double>::max();
    for (const double b :
         {std::numeric_limits<double>::denorm_min(), 1e-300, 1e-150, 1.0, 1e6, 1e150, largest}) {
        for (const double c : {0.0, std::numeric_limits<double>::denorm_min(), 1.0, 1e150, largest}) {
            bool finite = true;
            for (int i = 0; i < 1000; ++i) {
                const double omega = draw_inverse_gaussian(words, b, c);
                finite = finite && omega >= 0.0 && omega <= largest;
            }
            CAPTURE(b);
            CAPTURE(c);
            CHECK(finite);
        }
    }
}
