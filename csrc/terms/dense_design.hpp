#pragma once

#include <cstddef>
#include <memory>

#include "terms/coefficient_pass.hpp"
#include "terms/linear_model.hpp"
#include "terms/prior.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// The design of a linear model, for samplers that know products only.
class DenseDesign final : public ProductDesign {
  public:
    explicit DenseDesign(const LinearModel& model);

    const Likelihood& likelihood() const override { return model_.likelihood; }
    std::size_t coefficients() const override { return whitening_.size(); }
    std::unique_ptr<CoefficientPass> pass(std::size_t chains, std::size_t workers) const override;
    Vector curvature_at(const double* coefficients) const override;

  private:
    FixedPrior flat_;  // so that passes tell of the likelihood alone
    LinearModel model_;
    Whitening whitening_;  // the coefficients themselves
};

}  // namespace polyagamma
