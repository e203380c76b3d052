#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"

namespace polyagamma {

class NoncenteredShrinkage;

// A prior as a function of coordinates in which it is simple: standard normal z with β = m + S(scales) z,
// and the scales' own coordinates. Given its coordinates nothing of the prior is left in the coefficients, so
// that they and their scales can move together.
class NoncenteredPrior {
  public:
    virtual ~NoncenteredPrior() = default;

    // Of the coordinates, and of the coefficients, which have the first of the coordinates.
    virtual std::size_t size() const = 0;
    virtual std::size_t coefficients() const = 0;

    // What `coefficients_at` finds on its way for `differentiate` at the same q: so many numbers.
    virtual std::size_t workspace() const { return 0; }

    virtual void coefficients_at(const double* q, double* beta, double* work) const = 0;
    // From ∂ℓ/∂β the gradient in q (size) of ℓ and the log prior density of q.
    virtual void differentiate(const double* q, const double* beta, const double* of_beta, double* gradient,
                               const double* work) const = 0;
    // But for constants, that log prior density.
    virtual double log_density_of_coordinates(const double* q) const = 0;
    // The coordinates (size) of β where the scales are what they are in q.
    virtual void coordinates_of(const double* beta, double* q) const = 0;
    // Posterior variances (size) of the coordinates, roughly: 1/(1 + h s²) of z, for the curvature h
    // (coefficients) of −ℓ in β.
    virtual void variances(const double* q, const double* curvature, double* variance) const = 0;
    // Where chains start to look for the posterior, (size).
    virtual Vector centre() const = 0;

    // The scales in natural units, and the log density of β and of what is sampled of them, but for
    // constants.
    virtual Vector scales(const double* q) const = 0;
    virtual double log_density(const double* q) const = 0;

    // What its coordinates do for the posterior, as traces call it; null where they are those of the prior
    // alone.
    virtual const char* metric() const { return nullptr; }
    // All numbers besides the prior's own that its coordinates depend on.
    virtual Vector save() const { return {}; }
    // False if `saved` is not from a prior like this one.
    virtual bool restore(const Vector& saved) { return saved.empty(); }

    // Itself, if it is a shrinkage prior.
    virtual const NoncenteredShrinkage* shrinkage() const { return nullptr; }
};

}  // namespace polyagamma
