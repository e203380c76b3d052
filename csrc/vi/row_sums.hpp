#pragma once

#include <cstddef>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "linalg/design.hpp"
#include "terms/row_partition.hpp"
#include "vi/row_kernels.hpp"

namespace polyagamma {

// The rows of a linear model: linear predictor k of row i is offset(k, i) + (design · β_k)_i. Coefficients
// are β_0, β_1, …, each as long as the design has columns, and the likelihood's extras after them.
struct LinearRows {
    Design design;
    Vector offset;  // (predictors, padded)
    const Likelihood& likelihood;

    std::size_t columns() const { return design.columns; }
    std::size_t size() const { return likelihood.predictors() * columns() + likelihood.extras(); }
};

// Sums over rows, and their first and second derivatives in the coefficients.
struct RowTotals {
    double value = 0.0;
    Vector slope;      // (k)
    Vector precision;  // (k, k), full: minus the second derivatives, but for those of extras, which are zero
    Vector skew;       // (k): corrections of slopes
};

// Sums over the rows, in one pass over the caller's own X: a block of rows is arranged in panels, used and
// forgotten. Strips of rows are cut by the size of the problem alone, so that threads do not change the sums.
class RowSums {
  public:
    RowSums(const LinearRows& rows, std::size_t threads);

    // Of a kernel at β (k). `factors` (variances, p, p): lower L with L Lᵀ = S⁻¹, so that xᵀ S x is the
    // variance that row x has. `part`: of every so many rows one is looked at, and stands for all.
    RowTotals of(const RowKernel& kernel, const double* beta, const double* factors,
                 std::size_t part = 1) const;
    // values[s] = Σℓ at β_s, of `betas` (count, k), with what the extras add.
    void log_likelihoods(const double* betas, std::size_t count, double* values) const;

  private:
    class Strip;
    class Values;
    struct Pass;

    const LinearRows& rows_;
    std::size_t threads_;
    RowPartition partition_;
};

}  // namespace polyagamma
