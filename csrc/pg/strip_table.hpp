#pragma once

#include <cstddef>
#include <cstdint>

namespace polyagamma {

// Method 1 draws PG(1, z) for 0 ≤ z ≤ kStripMaxZ. z lies in cell i = floor(z / kStripStepZ), whose table is
// made for z_i = i·kStripStepZ ≤ z: up to a constant PG(1, z) has the density g_i(ω)·exp(−(z² − z_i²)ω/2) ≤
// g_i(ω), so what majorises g_i serves the whole cell, with a further acceptance of cosh(z_i/2)/cosh(z/2) >
// 0.939. The table takes 264 KB and lives in the second-level cache; with 256 strips draws took 10 per cent
// less time, but the table twice the space and twice the time to make.
inline constexpr std::size_t kStripCells = 129;  // the last one serves z = kStripMaxZ alone
inline constexpr double kStripStepZ = 0.125;
inline constexpr double kStripMaxZ = kStripStepZ * (kStripCells - 1);
inline constexpr std::size_t kStrips = 128;  // per cell; a power of two, at most 2^12 (see uniform)

// One vertical strip: ω = origin + width·u, u uniform; u = 0 is the side on which g is higher, so width is
// negative left of the mode. The hat over it is area/|width|, the same area for all strips of the cell. Since
// log g is concave, log(hat/g) ≤ y0 + dy·u (rounded up). Origins and widths are multiples of a power of two,
// so that they and all their sums are exact in single precision: the strips meet without gap or overlap.
// Strip 0 is the left end: its dy is kNoSqueeze. Strip kStrips − 1 is the tail: width 0, dy kNoSqueeze, and
// ω = origin + tail_mean·(−log u) under the hat (area/tail_mean)·u.
struct StripRow {
    float origin;
    float width;
    float y0;
    float dy;
};
inline constexpr float kNoSqueeze = 1e30f;

struct StripCell {
    double half_square;  // z_i²/2
    double area;         // of every strip, in units of pg1_density
    double tail_mean;
};

struct StripTable {
    StripRow rows[kStripCells * kStrips];
    StripCell cells[kStripCells];
};

// Areas of strips: (1 + excess)·(area under g)/kStrips is (almost) the least for which kStrips strips
// suffice.
extern const double kStripExcess[kStripCells];

// Made at first use (a millisecond), from arithmetic that gives the same bits on every machine.
const StripTable& strip_table();

}  // namespace polyagamma
