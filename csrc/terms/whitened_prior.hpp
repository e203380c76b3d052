#pragma once

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "terms/gaussian_prior.hpp"

namespace polyagamma {

// A Gaussian prior N(m₀, Λ⁻¹) at coefficients = centre + A x: its log density is −½ xᵀPx − xᵀs − constant
// with P = Aᵀ Λ A, s = Aᵀ Λ (centre − m₀).
class WhitenedPrior {
  public:
    // A = basis: x are coordinates.
    WhitenedPrior(const GaussianPrior& prior, const Vector& centre, const Vector& basis, const Blas& blas);
    // A = I: x are deviations from the centre. `prior` must stay.
    WhitenedPrior(const GaussianPrior& prior, const Vector& centre, const Blas& blas);

    const Vector& precision() const { return precision_; }  // P, full; of coordinates only
    const Vector& linear() const { return linear_; }        // s
    // P of either.
    Vector full_precision() const { return prior_ != nullptr ? prior_->precision() : precision_; }
    // −½ xᵀPx − xᵀs − constant; `gradient` (size) is set to its gradient −Px − s.
    double log_density(const double* x, double* gradient) const;

  private:
    const Blas* blas_;
    const GaussianPrior* prior_ = nullptr;  // whose Λ is P, of deviations
    Vector precision_, linear_;
    double constant_ = 0.0;
};

}  // namespace polyagamma
