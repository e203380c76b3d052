#pragma once

#include <cmath>

#include "random/bitgen.hpp"

namespace polyagamma {

// A step that leaves a univariate density invariant: slice sampling with stepping out and shrinkage (Neal
// 2003, Ann. Statist. 31, 705, figures 3 and 5). `width`: about that of the density; `log_density`: but for a
// constant, anything not above -infinity where it is zero.
template <class LogDensity>
double slice_step(double x, double width, LogDensity log_density, BitGen& bitgen) {
    constexpr int kMostSteps = 30;
    const auto uniform = [&] { return bitgen.next_double(bitgen.state); };
    const double level = log_density(x) + std::log1p(-uniform());
    double low = x - width * uniform(), high = low + width;
    int left = static_cast<int>(uniform() * kMostSteps), right = kMostSteps - 1 - left;
    while (left-- > 0 && log_density(low) > level) low -= width;
    while (right-- > 0 && log_density(high) > level) high += width;
    while (high - low > 1e-12 * (1.0 + std::fabs(x))) {
        const double proposal = low + (high - low) * uniform();
        if (log_density(proposal) >= level) return proposal;
        (proposal < x ? low : high) = proposal;
    }
    return x;
}

}  // namespace polyagamma
