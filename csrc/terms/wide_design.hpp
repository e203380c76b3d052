#pragma once

#include <cstddef>
#include <memory>

#include "linalg/panels.hpp"
#include "terms/coefficient_pass.hpp"
#include "terms/linear_model.hpp"

namespace polyagamma {

// Predictors of a linear model of which there are more than rows: Xᵀ in panels, so that vectors are full of
// coefficients and sums over them are few.
class WideDesign final : public ProductDesign {
  public:
    explicit WideDesign(const LinearModel& model);

    const Likelihood& likelihood() const override { return likelihood_; }
    std::size_t coefficients() const override {
        return likelihood_.predictors() * columns() + likelihood_.extras();
    }
    std::size_t workers() const override { return 1 + likelihood_.rows() * columns() / kEntriesOfWorker; }
    std::unique_ptr<CoefficientPass> pass(std::size_t chains) const override;
    Vector curvature_at(const double* coefficients) const override;
    const DesignColumns* by_column() const override { return &by_column_; }

    // Of one predictor.
    std::size_t columns() const { return transposed_.rows(); }
    const Panels& transposed() const { return transposed_; }
    const Vector& offset() const { return offset_; }

  private:
    static constexpr std::size_t kEntriesOfWorker = 200'000;

    const Likelihood& likelihood_;
    Panels transposed_;
    Vector offset_;  // (predictors, padded)
    DesignColumns by_column_;
};

}  // namespace polyagamma
