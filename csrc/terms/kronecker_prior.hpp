#pragma once

#include <cstddef>
#include <utility>

#include "linalg/kronecker.hpp"
#include "terms/gaussian_prior.hpp"
#include "terms/noncentered_prior.hpp"

namespace polyagamma {

// N(m, Λ⁻¹) with fixed Λ = B ⊗ Λ₁: β = m + (A ⊗ S) z with (A ⊗ S)ᵀ Λ (A ⊗ S) = I, and A and S such that the
// curvature of −ℓ is about diagonal in z, too.
class KroneckerPrior final : public NoncenteredPrior {
  public:
    // `mode` (size): where chains start. `blas` must stay.
    KroneckerPrior(GaussianPrior prior, KroneckerBasis basis, Vector mode, const Blas& blas)
        : prior_(std::move(prior)), basis_(std::move(basis)), mode_(std::move(mode)), blas_(blas) {}

    std::size_t size() const override { return prior_.size(); }
    std::size_t coefficients() const override { return prior_.size(); }
    std::size_t workspace() const override { return prior_.size(); }
    void coefficients_at(const double* q, double* beta, double* work) const override;
    void differentiate(const double* q, const double* beta, const double* of_beta, double* gradient,
                       const double* work) const override;
    double log_density_of_coordinates(const double* q) const override;
    void coordinates_of(const double* beta, double* q) const override;
    void variances(const double* q, const double* curvature, double* variance) const override;
    Vector centre() const override;
    Vector scales(const double*) const override { return {}; }
    double log_density(const double* q) const override { return log_density_of_coordinates(q); }
    const char* metric() const override { return "kronecker"; }
    Vector save() const override;
    bool restore(const Vector& saved) override;

  private:
    const GaussianPrior prior_;
    KroneckerBasis basis_;
    Vector mode_;
    const Blas& blas_;
};

}  // namespace polyagamma
