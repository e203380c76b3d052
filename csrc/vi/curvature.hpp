#pragma once

#include <vector>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// A point of a chain, and the likelihood at the parameters that it has there.
struct CurvaturePoint {
    const Likelihood* likelihood;
    const double* u;
};

// precision = −∇² log π, averaged over some points, lower triangle (k, k): that of the prior, `prior` (k, k;
// see WhitenedPrior::full_precision), of the rows, and of the likelihood's extras. Rows and extras are taken
// for independent, as log means and log dispersions nearly are.
void mean_precision(const Whitening& whitening, const Vector& prior,
                    const std::vector<CurvaturePoint>& points, double* precision);

}  // namespace polyagamma
