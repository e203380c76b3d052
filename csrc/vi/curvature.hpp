#pragma once

#include <vector>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "terms/row_partition.hpp"
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

// Of rows with one predictor and no extras: of each strip Mᵀ diag(w) M, lower triangle (k, k), with the mean
// w of the curvatures at some points. `before` (k, k), unless it is null, is what the first of them is added
// to.
Vector strip_curvatures(const Whitening& whitening, const std::vector<CurvaturePoint>& points,
                        const RowPartition& strips, const double* before);

}  // namespace polyagamma
