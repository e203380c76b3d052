#pragma once

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "terms/gaussian_prior.hpp"

namespace polyagamma {

// A Gaussian prior N(m₀, Λ⁻¹) in coordinates u, coefficients = centre + basis · u: its log density is
// −½ uᵀPu − uᵀs − constant with P = basisᵀ Λ basis, s = basisᵀ Λ (centre − m₀).
class WhitenedPrior {
  public:
    WhitenedPrior(const GaussianPrior& prior, const Vector& centre, const Vector& basis, const Blas& blas);

    const Vector& precision() const { return precision_; }  // P, full
    const Vector& linear() const { return linear_; }        // s
    // −½ uᵀPu − uᵀs − constant; `gradient` (size) is set to its gradient −Pu − s.
    double log_density(const double* u, double* gradient) const;

  private:
    const Blas* blas_;
    Vector precision_, linear_;
    double constant_ = 0.0;
};

}  // namespace polyagamma
