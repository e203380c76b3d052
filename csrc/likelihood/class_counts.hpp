#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"

namespace polyagamma {

// Weighted counts of the classes of each row but the last, and of all: padded rows, class by class.
struct ClassCounts {
    // counts (classes - 1, rows), trials (rows).
    ClassCounts(const double* counts, const double* trials, std::size_t rows, std::size_t predictors);

    // Of rows that are put together.
    ClassCounts merged(const std::vector<std::size_t>& place, std::size_t m) const;

    const double* of(std::size_t predictor) const { return &counts[predictor * stride]; }

    std::size_t rows, predictors, stride;
    Vector counts;  // (predictors, stride)
    Vector trials;  // (stride)
};

}  // namespace polyagamma
