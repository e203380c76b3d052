#pragma once

#include <cstddef>

#include "terms/gaussian_prior.hpp"
#include "terms/noncentered_prior.hpp"

namespace polyagamma {

// N(m, Λ⁻¹) with fixed Λ = B ⊗ diag(λ): β = m + (C ⊗ diag(λ)^{−½}) z with C Cᵀ = B⁻¹.
class StandardizedPrior final : public NoncenteredPrior {
  public:
    // `prior`: diagonal for each predictor.
    StandardizedPrior(const GaussianPrior& prior, const Blas& blas);

    std::size_t size() const override { return mean_.size(); }
    std::size_t coefficients() const override { return mean_.size(); }
    void coefficients_at(const double* q, double* beta, double* work) const override;
    void differentiate(const double* q, const double* beta, const double* of_beta, double* gradient,
                       const double* work) const override;
    double log_density_of_coordinates(const double* q) const override;
    void coordinates_of(const double* beta, double* q) const override;
    void variances(const double* q, const double* curvature, double* variance) const override;
    Vector centre() const override { return Vector(size()); }
    Vector scales(const double*) const override { return {}; }
    double log_density(const double* q) const override { return log_density_of_coordinates(q); }

  private:
    std::size_t predictors_;
    Vector mean_;
    Vector sd_;       // of one predictor's coefficients, λ^{−½}
    Vector factor_;   // C (predictors, predictors), upper triangular
    Vector inverse_;  // C⁻¹
};

}  // namespace polyagamma
