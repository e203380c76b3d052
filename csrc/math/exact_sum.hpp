#pragma once

#include <array>
#include <cstddef>

namespace polyagamma {

// The sum of some doubles, to a unit in its last place however far they cancel: Shewchuk's expansions (1997,
// Discrete & Computational Geometry 18, 305, theorem 10). No partial sum may overflow.
template <std::size_t n>
double exact_sum(const std::array<double, n>& terms) {
    std::array<double, n> parts{};  // of the sum so far, without overlap, the smallest first
    for (std::size_t m = 0; m < n; ++m) {
        double carried = terms[m];
        for (std::size_t k = 0; k < m; ++k) {
            const double sum = carried + parts[k];
            const double virtual_part = sum - carried;
            parts[k] = (carried - (sum - virtual_part)) + (parts[k] - virtual_part);
            carried = sum;
        }
        parts[m] = carried;
    }
    double sum = 0.0;
    for (const double part : parts) sum += part;
    return sum;
}

}  // namespace polyagamma
