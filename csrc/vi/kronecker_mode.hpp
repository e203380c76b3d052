#pragma once

#include "linalg/aligned.hpp"
#include "linalg/kronecker.hpp"
#include "linalg/status.hpp"
#include "terms/coefficient_pass.hpp"
#include "terms/linear_model.hpp"

namespace polyagamma {

// About the mode of a model with several predictors and more coefficients than a square matrix of them is
// affordable for; and a basis in which the prior's precision is I there and the curvature of −ℓ about
// diagonal.
struct KroneckerMode {
    Vector coefficients;
    KroneckerBasis basis;
};

// Newton's method, the curvature of −ℓ taken for E ⊗ G: with the curvature C_i of row i between its
// predictors, E = Σ C_i / Σ tr C_i and G = Σ tr C_i x_i x_iᵀ. It is exact where all C_i are in proportion.
// `design`: of the model, without extras.
Status find_kronecker_mode(const LinearModel& model, const ProductDesign& design, KroneckerMode& mode);

}  // namespace polyagamma
