#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"

namespace polyagamma {

// Rows without repetition.
struct MergedRows {
    std::size_t n = 0;
    Vector x;                        // (n, columns)
    Vector offset;                   // (predictors, n)
    std::vector<std::size_t> place;  // of each of the rows before, among them
};

// Rows of the same x (rows, columns) and offset (predictors, rows), hence of the same linear predictors: a
// likelihood merges them (Likelihood::merged). No rows at all if more than half of them would remain.
MergedRows merge_rows(const double* x, const double* offset, std::size_t rows, std::size_t columns,
                      std::size_t predictors = 1);

}  // namespace polyagamma
