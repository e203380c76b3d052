#pragma once

#include <cstddef>
#include <cstdint>

#include "math/elementary.hpp"
#include "pg/pg1_density.hpp"
#include "pg/strip_table.hpp"
#include "random/block_stream.hpp"
#include "simd/force_inline.hpp"

// Method 1: one attempt to draw PG(1, z) from the strip table (strip_table.hpp), scalar. The block loops of
// simd/levels/strip_block.cpp and single draws share it, so both follow the same arithmetic.
namespace polyagamma {
namespace {

// Where PG(1, |z|) is looked up.
struct StripAddress {
    std::uint32_t cell;
    double tilt;  // (z² − z_i²)/2 ≥ 0
};

// For 0 ≤ z ≤ kStripMaxZ.
POLYAGAMMA_FORCE_INLINE StripAddress strip_address(double z) {
    const auto cell = static_cast<std::int32_t>(z * (1.0 / kStripStepZ));
    const double z_cell = kStripStepZ * static_cast<double>(cell);
    return {static_cast<std::uint32_t>(cell), 0.5 * (z - z_cell) * (z + z_cell)};
}

inline std::uint32_t strip_index(std::uint64_t word) {
    return static_cast<std::uint32_t>(word & (kStrips - 1));
}

struct StripProposal {
    double omega;
    double margin;  // not negative: accepted at once
};

// `place` chooses the point within the strip (its low bits have chosen the strip), `height` the height under
// the hat. Accepted at once if the height is at most a bound of e^{−y} from below, y the upper bound of
// log(hat/target); the Taylor polynomial is below e^{−y} for all y ≥ 0.
POLYAGAMMA_FORCE_INLINE StripProposal strip_propose(const StripRow& row, double tilt, std::uint64_t place,
                                                    std::uint64_t height) {
    const double u = uniform(place);
    const double omega = static_cast<double>(row.origin) + static_cast<double>(row.width) * u;
    const double y = static_cast<double>(row.y0) + static_cast<double>(row.dy) * u + tilt * omega;
    const double below = 1.0 - y * (1.0 - y * (1.0 / 2.0 - y * (1.0 / 6.0)));
    return {omega, below - uniform(height)};
}

// A proposal that was not accepted at once, with all that the exact test needs.
struct StripTest {
    double origin;
    double width;
    double area;
    double tail_mean;
    double half_square;  // z²/2
    std::uint64_t place;
    std::uint64_t height;
};

inline StripTest strip_test(const StripRow& row, const StripCell& cell, double tilt, std::uint64_t place,
                            std::uint64_t height) {
    return {static_cast<double>(row.origin),
            static_cast<double>(row.width),
            cell.area,
            cell.tail_mean,
            cell.half_square + tilt,
            place,
            height};
}

// The exact test: ω if accepted, 0 if not.
POLYAGAMMA_FORCE_INLINE double strip_resolve(const StripTest& test) {
    const double u = uniform(test.place);
    const bool tail = test.width == 0.0;
    const double omega = test.origin + (tail ? test.tail_mean * -logarithm(u) : test.width * u);
    const double base = tail ? test.tail_mean : (test.width < 0.0 ? -test.width : test.width);
    const double hat_times_base = test.area * (tail ? u : 1.0);
    const bool accepted = uniform(test.height) * hat_times_base < base * pg1_density(omega, test.half_square);
    return accepted ? omega : 0.0;
}

// PG(1, z), 0 ≤ z ≤ kStripMaxZ, from any source of words.
template <class Words>
inline double draw_strip(Words& words, const StripTable& table, StripAddress at) {
    for (;;) {
        const std::uint64_t place = words.next();
        const std::uint64_t height = words.next();
        const StripRow& row = table.rows[at.cell * kStrips + strip_index(place)];
        const StripProposal proposal = strip_propose(row, at.tilt, place, height);
        if (proposal.margin >= 0.0) return proposal.omega;
        const double omega = strip_resolve(strip_test(row, table.cells[at.cell], at.tilt, place, height));
        if (omega > 0.0) return omega;
    }
}

}  // namespace
}  // namespace polyagamma
