#pragma once

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// weights (padded rows) = the curvature of −ℓ in every row at u.
void curvature_at(const Whitening& whitening, const Likelihood& likelihood, const double* u, Vector& weights);

// precision = P + Mᵀ diag(weights) M, lower triangle (k, k), P the precision of a whitened prior.
void weighted_precision(const Whitening& whitening, const Vector& prior, const Vector& weights,
                        double* precision);

}  // namespace polyagamma
