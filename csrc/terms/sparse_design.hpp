#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "linalg/sparse_rows.hpp"
#include "terms/coefficient_pass.hpp"

namespace polyagamma {

// Sparse predictors that are centred only in products: η = offset + β₀ + (X − 1 mᵀ) β, so that the matrix
// stays what it is.
class SparseDesign final : public ProductDesign {
  public:
    // centre: (columns of X); offset: (predictors, rows). Without an intercept there is no β₀, and the centre
    // should be 0.
    SparseDesign(SparseRows matrix, Vector centre, bool intercept, const double* offset,
                 std::shared_ptr<const Likelihood> likelihood);

    const Likelihood& likelihood() const override { return *likelihood_; }
    std::size_t coefficients() const override { return predictors() * columns() + likelihood_->extras(); }
    std::size_t workers() const override { return 1 + rows_.entries() / kEntriesOfWorker; }
    std::unique_ptr<CoefficientPass> pass(std::size_t chains) const override;
    Vector curvature_at(const double* coefficients) const override;
    const SparseDesign* sparse() const override { return this; }
    // Linear predictors of the padded rows, (predictors, padded).
    Vector predictors_at(const double* coefficients) const;

    std::size_t predictors() const { return likelihood_->predictors(); }
    // Of one predictor, the intercept included.
    std::size_t columns() const { return centre_.size() + (intercept_ ? 1 : 0); }
    bool intercept() const { return intercept_; }
    // Where the column of X of a coefficient that is no intercept is.
    std::size_t column_of(std::size_t coefficient) const {
        return coefficient % columns() - (intercept_ ? 1 : 0);
    }
    // X, and its transpose: products with either go by rows, and none has to add up what threads have found.
    const SparseRows& rows() const { return rows_; }
    const SparseRows& transposed() const { return transposed_; }
    const Vector& centre() const { return centre_; }
    // Of a predictor's padded rows.
    const double* offset(std::size_t predictor) const { return &offset_[predictor * likelihood_->padded()]; }

  private:
    static constexpr std::size_t kEntriesOfWorker = 50'000;

    SparseRows rows_, transposed_;
    Vector centre_;
    bool intercept_;
    std::shared_ptr<const Likelihood> likelihood_;
    Vector offset_;  // (predictors, padded)
};

}  // namespace polyagamma
