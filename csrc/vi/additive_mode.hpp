#pragma once

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "random/bitgen.hpp"
#include "terms/additive_gram.hpp"
#include "terms/additive_rows.hpp"

namespace polyagamma {

// A start for chains of an additive model by Laplace's approximation in an EM algorithm: x is at the mode
// given θ, and θ fits draws of x from the approximation there. `rows` becomes the likelihood's quadratic
// approximation, `gram` its sums.
Status additive_mode(const AdditiveModel& model, const Likelihood& likelihood, const double* extras,
                     BitGen& bitgen, GaussianRows& rows, AdditiveGram& gram, Vector& theta);

}  // namespace polyagamma
