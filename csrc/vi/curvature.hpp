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

// Of each strip, without extras: of rows with one predictor Mᵀ diag(w) M, lower triangle (k, k), with the
// mean w of the curvatures at some points; of several, whose strips are joined, the Gram matrices of each
// point that their pairs make. `before` of that size, unless it is null, is what the first strip is added to.
std::size_t curvature_size(const Likelihood& likelihood, std::size_t k, std::size_t points);
Vector strip_curvatures(const Whitening& whitening, const std::vector<CurvaturePoint>& points,
                        const RowPartition& strips, const double* before);

}  // namespace polyagamma
