#pragma once

#include "gibbs/coordinates.hpp"
#include "gibbs/rows.hpp"
#include "linalg/aligned.hpp"

namespace polyagamma {

// weights (padded rows) = −∂²ℓ/∂η² of every row at u.
void curvature_at(const Coordinates& coordinates, const Rows& rows, const double* u, Vector& weights);

// precision = P + Mᵀ diag(weights) M, lower triangle (k, k).
void weighted_precision(const Coordinates& coordinates, const Vector& weights, double* precision);

}  // namespace polyagamma
