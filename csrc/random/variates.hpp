#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "random/bitgen.hpp"
#include "random/normal.hpp"

namespace polyagamma {

// Single variates, for updates of a few scales.

// In (0, 1).
inline double uniform_variate(BitGen& bitgen) {
    return uniform(bitgen.next_uint64(bitgen.state));
}

// One of 0, ..., limit - 1; limit < 2^32, say, for all to be as likely.
inline std::size_t index_below(std::size_t limit, BitGen& bitgen) {
    return static_cast<std::size_t>(bitgen.next_double(bitgen.state) * static_cast<double>(limit));
}

// Every order is as likely.
inline void shuffle(std::vector<std::size_t>& order, BitGen& bitgen) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[index_below(i, bitgen)]);
}

inline double exponential_variate(BitGen& bitgen) {
    return -std::log(uniform_variate(bitgen));
}

inline double normal_variate(BitGen& bitgen) {
    const std::uint64_t radius = bitgen.next_uint64(bitgen.state);
    return normal_pair(radius, bitgen.next_uint64(bitgen.state)).first;
}

// Gamma(shape, 1) (Marsaglia and Tsang 2000, ACM TOMS 26, 363), shape > 1/3 after a power of a uniform for
// shapes below 1.
inline double gamma_variate(double shape, BitGen& bitgen) {
    if (shape < 1.0) {
        const double power = std::pow(uniform_variate(bitgen), 1.0 / shape);
        return power * gamma_variate(shape + 1.0, bitgen);
    }
    const double d = shape - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
    for (;;) {
        const double x = normal_variate(bitgen), root = 1.0 + c * x;
        if (root <= 0.0) continue;
        const double v = root * root * root;
        if (std::log(uniform_variate(bitgen)) < 0.5 * x * x + d * (1.0 - v + std::log(v))) return d * v;
    }
}

}  // namespace polyagamma
