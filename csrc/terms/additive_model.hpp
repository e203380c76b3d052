#pragma once

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "terms/additive_design.hpp"
#include "terms/additive_prior.hpp"

namespace polyagamma {

// η = offset + A x: rows in the order of the design.
struct AdditiveModel {
    AdditiveDesign design;
    Vector offset;  // of the padded rows
    const Likelihood& likelihood;
    AdditivePrior prior;
    const Blas& blas;
};

}  // namespace polyagamma
