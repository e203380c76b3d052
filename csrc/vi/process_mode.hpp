#pragma once

#include "likelihood/sites.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"
#include "terms/covariance.hpp"

namespace polyagamma {

// The surrogate at the mode of g, whose posterior is Laplace's approximation (Rasmussen and Williams 2006,
// algorithm 3.1): Newton's method with halved steps on a strictly concave log density.
Status surrogate_at_mode(const LatentRows& rows, CovarianceFunction& function, const Blas& blas,
                         GaussianSites& surrogate);

}  // namespace polyagamma
