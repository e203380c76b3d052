#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"

namespace polyagamma {

// Rows without repetition.
struct MergedRows {
    std::size_t n = 0;
    Vector x;  // (n, columns)
    Vector shape, kappa, offset;
};

// Rows of the same predictors x (n, columns) and offset, hence of the same linear predictor, have the
// log-likelihood of one row with the sums of their b and of their κ. No rows at all if more than half of them
// would remain.
MergedRows merge_rows(const double* x, const double* shape, const double* kappa, const double* offset,
                      std::size_t n, std::size_t columns);

}  // namespace polyagamma
