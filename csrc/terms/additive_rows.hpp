#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "terms/additive_model.hpp"

namespace polyagamma {

// Gaussian likelihoods that stand in for those of the padded rows, c t − ½ w t² in t = η − offset.
struct GaussianRows {
    explicit GaussianRows(std::size_t padded) : precision(padded), linear(padded) {}
    Vector precision, linear;
};

// What the rows say at x: Σℓ, the excess R over the surrogate's, and its derivative.
struct RowsAt {
    explicit RowsAt(const AdditiveModel& model)
        : eta(model.likelihood.padded()), gradient(model.design.size()) {}

    Vector eta;       // of the padded rows
    Vector gradient;  // ∂R/∂x
    double log_likelihood = 0.0, excess = 0.0;
};

// Σℓ's second-order terms in each row: a precision that is not zero, and the slope.
struct RowCurves {
    Vector precision, slope;  // of the padded rows
};
// At the linear predictors of the padded rows.
RowCurves row_curves(const Likelihood& likelihood, const double* extras, const Vector& eta);

// One pass over the rows. `likelihood`: the chain's own, at `extras`.
void evaluate_rows(const AdditiveModel& model, const Likelihood& likelihood, const double* extras,
                   const GaussianRows& surrogate, const double* x, RowsAt& out);

}  // namespace polyagamma
