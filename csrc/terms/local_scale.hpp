#pragma once

#include <cstddef>
#include <memory>

#include "random/bitgen.hpp"

namespace polyagamma {

// The distribution of the scales λ that coefficients have of their own: β = τ λ z with standard normal z, or,
// with a slab, β² = z² / (1/(τλ)² + 1/c²) (Piironen and Vehtari 2017, Electronic Journal of Statistics 11,
// 5018, equation 2.8). All is said of x = β/τ through b = x²/2, and of the ratio r = τ/c, 0 without a slab.
class LocalScale {
  public:
    virtual ~LocalScale() = default;

    // Log of ∫ p(x | λ) p(λ) dλ but for a constant, λ marginalised; with a slab without e^{−β²/(2c²)}.
    virtual double log_marginal(double b, double r) const = 0;
    // A draw of λ² given x.
    virtual double draw_square(double b, double r, BitGen& bitgen) const = 0;
    // Log density of log λ but for a constant; NaN if it has no closed form.
    virtual double log_density(double log_lambda) const = 0;
    // λ² of some coefficients into its derivatives in log λ, in place.
    virtual void slopes(double* square, std::size_t count) const = 0;
    virtual bool has_density() const { return true; }
    // Whether λ is 1.
    virtual bool fixed() const { return false; }
};

// λ = 1: a ridge.
std::shared_ptr<const LocalScale> unit_scale();
// λ half-Cauchy; alone it takes a slab.
std::shared_ptr<const LocalScale> horseshoe_scale();
// λ² exponential with mean 2: p(x) ∝ e^{−|x|}.
std::shared_ptr<const LocalScale> laplace_scale();
// p(x) ∝ e^{−|x|^a}, 0 < a < 2.
std::shared_ptr<const LocalScale> bridge_scale(double exponent);
// λ² inverse gamma (ν/2, ν/2): x has Student's t distribution.
std::shared_ptr<const LocalScale> student_scale(double degrees);

}  // namespace polyagamma
