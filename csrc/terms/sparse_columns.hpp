#pragma once

#include <cstddef>
#include <vector>

#include "terms/additive_rows.hpp"
#include "terms/sparse_design.hpp"

namespace polyagamma {

// Sums over the rows of a sparse design for updates of one coefficient of a linear predictor at a time:
// rows have precisions ω and residuals r, which are the linear terms at first. What centring adds to all
// residuals at once is kept apart, so that a column takes its entries and no more. The intercept has no
// column.
class SparseColumns {
  public:
    SparseColumns(const SparseDesign& design, const GaussianRows& rows);

    // Σ ω x² and Σ r x of a coefficient's column, centred.
    struct Sums {
        double square, slope;
    };
    Sums of(std::size_t coefficient) const;
    // Residuals after a coefficient has changed: r − δ ω x.
    void change(std::size_t coefficient, double delta);

  private:
    struct Row {
        double precision, residual;
    };
    const SparseDesign& design_;
    std::vector<Row> rows_;                    // r of row i is rows_[i].residual + shift_ ω_i
    double precision_ = 0.0, residual_ = 0.0;  // sums over the rows
    double shift_ = 0.0;
};

}  // namespace polyagamma
