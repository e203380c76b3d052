#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {

// Sums of lanes, each of which has kPanelRows.
inline void sum_each(const Vector& lanes, Vector& sums) {
    sums.resize(lanes.size() / kPanelRows);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = sum_lanes(&lanes[i * kPanelRows]);
}

// The next `count` numbers of those that rows elsewhere told, from `from` on, which moves past them.
inline void take(const double*& from, std::size_t count, Vector& to) {
    to.assign(from, from + count);
    from += count;
}

}  // namespace polyagamma
