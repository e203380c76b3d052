#pragma once

#include <cstddef>
#include <memory>

#include "linalg/panels.hpp"
#include "terms/coefficient_pass.hpp"
#include "terms/linear_model.hpp"

namespace polyagamma {

// Dense predictors of more rows than columns, for likelihoods without extras: X in panels of rows, read once
// in a pass for all predictors of a row and all chains.
class TallDesign final : public ProductDesign {
  public:
    explicit TallDesign(const LinearModel& model);

    const Likelihood& likelihood() const override { return likelihood_; }
    std::size_t coefficients() const override { return likelihood_.predictors() * matrix_.columns(); }
    std::size_t workers() const override { return 1 + matrix_.rows() * coefficients() / kProductsOfWorker; }
    std::unique_ptr<CoefficientPass> pass(std::size_t chains) const override;
    Vector curvature_at(const double* coefficients) const override;

    const Panels& matrix() const { return matrix_; }
    const Vector& offset() const { return offset_; }

  private:
    static constexpr std::size_t kProductsOfWorker = 200'000;

    const Likelihood& likelihood_;
    Panels matrix_;
    Vector offset_;  // (predictors, padded)
};

}  // namespace polyagamma
