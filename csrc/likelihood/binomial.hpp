#pragma once

#include <memory>
#include <vector>

#include "likelihood/likelihood.hpp"

namespace polyagamma {

// Binomial rows of weight w: y successes in n trials make b = w n and κ = w (y − n/2), and the density
// e^{κη} / (2 cosh(η/2))^b but for a constant.
class Binomial final : public Likelihood {
  public:
    Binomial(const double* b, const double* kappa, std::size_t rows);

    void derivative(RowBlock rows, double* eta) const override;
    void derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const override;
    void curvature(RowBlock rows, double* eta) const override;
    const PolyaGammaForm* polya_gamma() const override { return &form_; }
    std::unique_ptr<Likelihood> merged(const std::vector<std::size_t>& place, std::size_t m) const override;

  private:
    Vector b_, kappa_;
    PolyaGammaForm form_;
};

// Binomial rows with linear predictor offset + g, as Gaussian processes have them.
struct LatentRows {
    std::size_t n;
    const double* b;
    const double* kappa;
    const double* offset;
};

// Σ κη − b log(2 cosh(η/2)), row by row.
double log_likelihood(const LatentRows& rows, const double* g);

}  // namespace polyagamma
