#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "likelihood/likelihood.hpp"

namespace polyagamma {

// Rows that are elsewhere, of several predictors or of one with a Pólya-gamma form: those who have them ask
// their own likelihood, and nobody asks this one more than how many they are.
class DistantLikelihood : public Likelihood {
  public:
    DistantLikelihood(std::size_t rows, std::size_t predictors, bool coupled)
        : Likelihood(rows), predictors_(predictors), coupled_(coupled) {}

    std::size_t predictors() const final { return predictors_; }
    void derivative(RowBlock /*rows*/, double* /*eta*/) const final {}
    void derivative_and_log_density(RowBlock /*rows*/, double* /*eta*/, double* /*log_density*/) const final {
    }
    void curvature(RowBlock /*rows*/, double* /*eta*/) const final {}
    bool coupled() const final { return coupled_; }
    const PolyaGammaForm* polya_gamma() const final { return predictors_ == 1 ? &form_ : nullptr; }
    std::unique_ptr<Likelihood> merged(const std::vector<std::size_t>& /*place*/,
                                       std::size_t /*m*/) const final {
        return nullptr;
    }

  private:
    std::size_t predictors_;
    bool coupled_;
    PolyaGammaForm form_{nullptr, nullptr};
};

}  // namespace polyagamma
