#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "pg/pg1_density.hpp"
#include "pg/strip.hpp"
#include "pg/strip_cutter.hpp"
#include "pg/strip_table.hpp"
#include "tests/reference.hpp"

using namespace polyagamma;

namespace {

constexpr std::uint64_t kKey[4] = {11, 22, 33, 44};

double cell_z(std::size_t cell) {
    return kStripStepZ * static_cast<double>(cell);
}

// Density in the unit of the table: without the factor cosh(z/2).
double exact_density(double omega, double z) {
    return static_cast<double>(reference::pg1_density(omega, z) / std::cosh(0.5L * z));
}

struct Violations {
    double hat = -1;      // of log density ≤ log hat
    double squeeze = -1;  // of log hat − (y0 + dy·u) ≤ log density
};

// On 16 points of an inner strip.
void check_inner(const StripRow& row, double area, double z, Violations& worst) {
    const double log_hat = std::log(area / std::fabs(static_cast<double>(row.width)));
    for (int k = 0; k <= 16; ++k) {
        const double u = k / 16.0;
        const double log_density =
            std::log(exact_density(row.origin + static_cast<double>(row.width) * u, z));
        worst.hat = std::fmax(worst.hat, log_density - log_hat);
        worst.squeeze =
            std::fmax(worst.squeeze, log_hat - (static_cast<double>(row.y0) + row.dy * u) - log_density);
    }
}

// The left end down to 1/32 of its width (below, the density underflows) and 20 tail means of the tail.
void check_ends(const StripRow* rows, const StripCell& cell, double z, Violations& worst) {
    const double log_hat = std::log(cell.area / rows[0].origin);
    for (int k = 1; k <= 32; ++k) {
        worst.hat = std::fmax(
            worst.hat, std::log(exact_density(static_cast<double>(rows[0].origin) * k / 32.0, z)) - log_hat);
    }
    for (int k = 0; k <= 100; ++k) {
        const double t = 0.2 * k;
        const double log_tail_hat = std::log(cell.area / cell.tail_mean) - t;
        const double omega = rows[kStrips - 1].origin + t * cell.tail_mean;
        worst.hat = std::fmax(worst.hat, std::log(exact_density(omega, z)) - log_tail_hat);
    }
}

std::vector<double> sample(double z, std::size_t n, std::uint64_t block) {
    BlockStream stream(kKey, block);
    std::vector<double> draws(n);
    for (double& x : draws) x = draw_strip(stream, strip_table(), strip_address(z));
    return draws;
}

// Cuts with (almost) the smallest area for which kStrips strips suffice: that area is (1 + excess)·least, and
// the excess is searched near that of the cell before.
void cut_tightly(StripCutter& cutter, double least, double& excess) {
    constexpr double kReach = 1.0 / 512.0, kTolerance = 1e-4;
    double low = excess - kReach, high = excess + kReach;
    while (low > 0.0 && cutter.cut((1.0 + low) * least)) low -= kReach;
    while (!cutter.cut((1.0 + high) * least)) high += kReach;
    while (high - low > kTolerance) {
        const double middle = 0.5 * (low + high);
        (cutter.cut((1.0 + middle) * least) ? high : low) = middle;
    }
    excess = high;
    cutter.cut((1.0 + high) * least);
}

}  // namespace

TEST_CASE("density of PG(1, z): both series to 4e-15, slope as the difference quotient") {
    for (double z : {0.0, 1.0, 5.3, 16.0}) {
        for (double omega = 0.002; omega < 6.0; omega *= 1.07) {
            const double exact = exact_density(omega, z);
            if (exact < 1e-250) continue;  // not computed (kLeastExponent)
            // exp loses |exponent|·2^-53
            const double tolerance = 4e-15 + 2e-16 * (0.125 / omega + (5 + 0.5 * z * z) * omega);
            CHECK(std::fabs(pg1_density(omega, 0.5 * z * z) / exact - 1) < tolerance);
            const double step = 1e-6 * omega;
            const auto log_density = [z](double x) { return std::log(reference::pg1_density(x, z)); };
            const auto slope =
                static_cast<double>(log_density(omega + step) - log_density(omega - step)) / (2 * step);
            CHECK(pg1_log_density_slope(omega, 0.5 * z * z) == doctest::Approx(slope).epsilon(1e-6));
        }
    }
}

TEST_CASE("strip table: hats majorise the density and squeezes stay below it, in every cell") {
    const StripTable& table = strip_table();
    for (std::size_t cell = 0; cell < kStripCells; ++cell) {
        const StripRow* rows = table.rows + cell * kStrips;
        Violations worst;
        for (std::size_t k = 1; k < kStrips - 1; ++k)
            check_inner(rows[k], table.cells[cell].area, cell_z(cell), worst);
        check_ends(rows, table.cells[cell], cell_z(cell), worst);
        CHECK(worst.hat < 1e-13);
        CHECK(worst.squeeze < 1e-13);
    }
}

TEST_CASE("strip table: strips meet exactly, cover (0, inf) and waste less than 4.5 per cent") {
    const StripTable& table = strip_table();
    for (std::size_t cell = 0; cell < kStripCells; ++cell) {
        const StripRow* rows = table.rows + cell * kStrips;
        std::vector<std::pair<double, double>> sides;
        for (std::size_t k = 0; k < kStrips; ++k) {
            const double a = rows[k].origin, b = a + static_cast<double>(rows[k].width);
            CHECK(static_cast<double>(static_cast<float>(b)) == b);
            sides.emplace_back(std::fmin(a, b), std::fmax(a, b));
        }
        std::sort(sides.begin(), sides.end());
        CHECK(sides.front().first == 0.0);
        for (std::size_t k = 0; k + 1 < kStrips; ++k) CHECK(sides[k].second == sides[k + 1].first);
        CHECK(sides.back() ==
              std::make_pair(double(rows[kStrips - 1].origin), double(rows[kStrips - 1].origin)));
        CHECK(table.cells[cell].half_square == 0.5 * cell_z(cell) * cell_z(cell));
        const double total = table.cells[cell].area * kStrips * std::cosh(0.5 * cell_z(cell));
        CHECK(total > 1.0);
        CHECK(total < 1.045);
    }
}

TEST_CASE("strip table: the stored excess areas are the least") {
    double excess = 3.0 / kStrips;
    for_each_strip_cell([&](std::size_t i, double least, StripCutter& cutter) {
        cut_tightly(cutter, least, excess);
        CHECK(kStripExcess[i] == excess);
    });
}

TEST_CASE("strip address: the cell below z and the tilt from it") {
    for (double z : {0.0, 1e-300, 0.124999, 0.125, 3.3, 15.9999, 16.0}) {
        const StripAddress at = strip_address(z);
        CHECK(cell_z(at.cell) <= z);
        CHECK(z < cell_z(at.cell) + kStripStepZ);
        CHECK(at.tilt ==
              doctest::Approx(0.5 * z * z - strip_table().cells[at.cell].half_square).epsilon(1e-9));
    }
}

TEST_CASE("strip: what is accepted at once passes the exact test") {
    const StripTable& table = strip_table();
    BlockStream stream(kKey, 0);
    std::size_t at_once = 0;
    const std::size_t tries = 200000;
    for (std::size_t i = 0; i < tries; ++i) {
        const StripAddress at = strip_address(16.0 * uniform(stream.next()));
        const std::uint64_t place = stream.next(), height = stream.next();
        const StripRow& row = table.rows[at.cell * kStrips + strip_index(place)];
        const StripProposal proposal = strip_propose(row, at.tilt, place, height);
        if (!(proposal.margin >= 0.0)) continue;
        ++at_once;
        REQUIRE(strip_resolve(strip_test(row, table.cells[at.cell], at.tilt, place, height)) ==
                proposal.omega);
    }
    CHECK(at_once > tries * 9 / 10);
}

TEST_CASE("strip: draws follow PG(1, z)") {
    // 9 × (4 z-scores + 1 distance), 2e5 draws each; |z| ≤ 5.5 and sqrt(n)·D ≤ 3.2 fail by chance with
    // probability 1e-6.
    std::uint64_t block = 1;
    for (double z : {0.0, 0.1249, 0.125, 1.0, 2.718, 6.31, 10.0, 15.999, 16.0}) {
        CAPTURE(z);
        const auto draws = sample(z, 200000, block++);
        CHECK(reference::worst_score(draws, 1.0, z) < 5.5);
        CHECK(reference::kolmogorov(draws, z) < 3.2);
    }
}
