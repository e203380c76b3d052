#pragma once

#include <algorithm>
#include <cstddef>

#include "linalg/panels.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

// gram (k, k) += Xᵀ diag(weights) X, lower triangle, over the rows of `count` panels from `first` on;
// weights: of these rows, zero for those that only fill up a panel.
inline void add_weighted_gram(const Panels& x, std::size_t first, std::size_t count, const double* weights,
                              double* gram) {
    constexpr std::size_t kPanels = 64;  // measured best: their columns stay in the innermost cache
    for (std::size_t t = 0; t < count; t += kPanels) {
        loops().model.weighted_gram(x.panel(first + t), std::min(kPanels, count - t), x.columns(),
                                    weights + t * kPanelRows, gram);
    }
}

}  // namespace polyagamma
