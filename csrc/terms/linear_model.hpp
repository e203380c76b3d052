#pragma once

#include "likelihood/binomial.hpp"
#include "linalg/blas.hpp"
#include "linalg/design.hpp"
#include "terms/gaussian_prior.hpp"

namespace polyagamma {

// A posterior: rows whose linear predictor is offset + design · coefficients, and a Gaussian prior of the
// coefficients.
struct Model {
    Design design;
    Rows rows;
    GaussianPrior prior;
    const Blas& blas;
};

}  // namespace polyagamma
