#pragma once

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/design.hpp"
#include "terms/distant_rows.hpp"
#include "terms/prior.hpp"

namespace polyagamma {

// A posterior: rows whose linear predictor is offset + design · coefficients, and a prior of the
// coefficients.
struct LinearModel {
    Design design;
    Vector offset;  // padded
    const Likelihood& likelihood;
    const Prior& prior;
    const Blas& blas;
    DistantRows* distant = nullptr;  // where the rows are, if not here: the design has no data then
    // A matrix of the model's coordinates that was kept, in panels: the offset is their η₀ then, and the
    // design has no data, so that they stay those that they are.
    const double* kept = nullptr;
};

}  // namespace polyagamma
