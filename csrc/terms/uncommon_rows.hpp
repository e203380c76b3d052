#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "linalg/aligned.hpp"
#include "terms/centred_rows.hpp"
#include "terms/shrinkage_prior.hpp"

namespace polyagamma {

// A column of which three quarters of the rows, or more, have one value: that value, the rows that have
// others, and by how much those are more. No rows where there is no such value.
struct UncommonRows {
    double common = 0.0;
    std::vector<std::uint32_t> rows;
    Vector more;
};

// The columns of a linear model that are shrunk, as an intercept lets see them: where it makes up for the
// value that most rows have, a coefficient moves the linear predictors of the others alone.
struct UncommonColumns {
    UncommonColumns(const CentredRows& model, const ShrinkagePrior::Columns& columns);

    std::size_t intercept = ShrinkagePrior::kNone;  // the first constant column that is not shrunk
    double constant = 0.0;                          // its value
    std::vector<UncommonRows> columns;              // of all; empty without an intercept
};

}  // namespace polyagamma
