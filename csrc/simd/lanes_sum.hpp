#pragma once

#include "simd/level_namespace.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_INLINE_LEVEL {

// The sum of kPanelRows partial sums, as a balanced tree.
inline double sum_lanes(const double* s) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

}  // namespace POLYAGAMMA_INLINE_LEVEL
}  // namespace polyagamma
