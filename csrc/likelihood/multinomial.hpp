#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "likelihood/class_counts.hpp"
#include "likelihood/likelihood.hpp"

namespace polyagamma {

// Counts of classes whose probabilities are a softmax: ℓ = Σ y_k η_k − n log(1 + Σ e^{η_k}), with a linear
// predictor for each class but the last, whose own is 0.
class Multinomial final : public Likelihood {
  public:
    explicit Multinomial(ClassCounts counts);

    std::size_t predictors() const override { return counts_.predictors; }
    void derivative(RowBlock rows, double* eta) const override;
    void derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const override;
    // n p; and √n p, for −ℓ″ = n (diag p − p pᵀ).
    void curvature(RowBlock rows, double* eta) const override;
    bool coupled() const override { return true; }
    void coupling(RowBlock rows, double* curvature) const override;
    // Given the others a class is logistic, with log odds η_k − log(1 + Σ e^{η_l}) over them.
    const PolyaGammaForm* polya_gamma_of(std::size_t predictor) const override { return &forms_[predictor]; }
    void shift_of(std::size_t predictor, RowBlock rows, const double* eta, double* shift) const override;
    std::unique_ptr<Likelihood> merged(const std::vector<std::size_t>& place, std::size_t m) const override;

  private:
    ClassCounts counts_;
    Vector kappa_;  // (predictors, padded)
    std::vector<PolyaGammaForm> forms_;
};

}  // namespace polyagamma
