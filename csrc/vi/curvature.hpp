#pragma once

#include "likelihood/binomial.hpp"
#include "linalg/aligned.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// weights (padded rows) = −∂²ℓ/∂η² of every row at u.
void curvature_at(const Whitening& whitening, const Rows& rows, const double* u, Vector& weights);

// precision = P + Mᵀ diag(weights) M, lower triangle (k, k).
void weighted_precision(const Whitening& whitening, const Vector& weights, double* precision);

}  // namespace polyagamma
