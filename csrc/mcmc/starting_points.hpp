#pragma once

#include "terms/gradient_pass.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// Halves a starting point's distance from the mode, at 0, until its log density is no more than k below it,
// twice as much as is usual where the Laplace approximation is right. Of many coordinates some go where rows
// that are all but certain at the mode are not at all, and trajectories from there would be rejected.
void approach_mode(const Whitening& whitening, const ChainPosterior& posterior, double* u);

}  // namespace polyagamma
