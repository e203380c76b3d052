#pragma once

#include <cstddef>

#include "pg/sampler.hpp"
#include "pg/strip_table.hpp"
#include "simd/force_inline.hpp"

namespace polyagamma {
namespace {

// What draws PG(h, z): a number of draws of method 1 (positive), or one of these.
inline constexpr double kInverseGaussian = 0.0;
inline constexpr double kNoDistribution = -1.0;

// Sums of method 1 with at most this many terms, so that the time of a block stays bounded.
inline constexpr std::size_t kMaxSum = 256;

// Integer shapes up to this are such sums, if |z| is in the table of method 1.
inline double largest_sum(Method method) {
    constexpr double kFaster = 6.0;  // than method 2 that far
    if (method == Method::strip) return static_cast<double>(kMaxSum);
    return method == Method::automatic ? kFaster : 0.0;
}

// The only place that chooses between the methods. Branch-free, so that blocks are sorted by method in vector
// loops.
POLYAGAMMA_FORCE_INLINE double choose_method(double h, double z, double largest) {
    constexpr double kMaxFinite = 1.7976931348623157e308;
    constexpr double kRounder = 0x1p52;  // adding it rounds to an integer
    const double magnitude = z < 0.0 ? -z : z;
    const bool valid = (h > 0.0) & (h <= kMaxFinite) & (magnitude <= kMaxFinite);
    const bool summable = (h <= largest) & (magnitude <= kStripMaxZ) & ((h + kRounder) - kRounder == h);
    const double method = summable ? h : kInverseGaussian;
    return valid ? method : kNoDistribution;
}

}  // namespace
}  // namespace polyagamma
