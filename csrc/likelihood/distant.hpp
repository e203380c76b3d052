#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "likelihood/likelihood.hpp"

namespace polyagamma {

// Rows of one linear predictor with a Pólya-gamma form, which are elsewhere: those who have them ask their
// own likelihood, and nobody asks this one more than how many they are.
class DistantLikelihood final : public Likelihood {
  public:
    using Likelihood::Likelihood;

    void derivative(RowBlock /*rows*/, double* /*eta*/) const override {}
    void derivative_and_log_density(RowBlock /*rows*/, double* /*eta*/,
                                    double* /*log_density*/) const override {}
    void curvature(RowBlock /*rows*/, double* /*eta*/) const override {}
    const PolyaGammaForm* polya_gamma() const override { return &form_; }
    std::unique_ptr<Likelihood> merged(const std::vector<std::size_t>& /*place*/,
                                       std::size_t /*m*/) const override {
        return nullptr;
    }

  private:
    PolyaGammaForm form_{nullptr, nullptr};
};

}  // namespace polyagamma
