#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"

namespace polyagamma {

// The positions u[c] of some chains as the products with panels take them: `to` (k, chains).
inline void interleave(const double* const* u, std::size_t chains, Vector& to) {
    const std::size_t k = to.size() / chains;
    for (std::size_t c = 0; c < chains; ++c) {
        for (std::size_t j = 0; j < k; ++j) to[j * chains + c] = u[c][j];
    }
}

// The same for u (chains, k).
inline void interleave(const double* u, std::size_t chains, Vector& to) {
    const std::size_t k = to.size() / chains;
    for (std::size_t c = 0; c < chains; ++c) {
        for (std::size_t j = 0; j < k; ++j) to[j * chains + c] = u[c * k + j];
    }
}

}  // namespace polyagamma
