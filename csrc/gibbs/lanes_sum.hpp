#pragma once

#include "kernels/model_kernels.hpp"

namespace polyagamma {

// The sum of kPanelRows partial sums, as a balanced tree.
inline double sum_lanes(const double* s) {
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

}  // namespace polyagamma
