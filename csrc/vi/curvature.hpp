#pragma once

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// weights (padded rows, extras) = the curvature of −ℓ in every row at u, and in the likelihood's extras.
void curvature_at(const Whitening& whitening, const Likelihood& likelihood, const double* u, Vector& weights);

// precision = P + Mᵀ diag(weights) M and that of the extras, lower triangle (k, k), P the precision of a
// whitened prior. Rows and extras are taken for independent, as log means and log dispersions nearly are.
void weighted_precision(const Whitening& whitening, const Vector& prior, const Vector& weights,
                        double* precision);

}  // namespace polyagamma
