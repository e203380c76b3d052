#pragma once

#include <cstddef>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "terms/additive_rows.hpp"
#include "terms/centred_rows.hpp"
#include "terms/linear_model.hpp"
#include "terms/shrinkage_prior.hpp"
#include "terms/uncommon_rows.hpp"

namespace polyagamma {

// A linear model whose prior is one of scales, in deviations γ from the prior's means.
struct ShrunkModel : CentredRows {
    explicit ShrunkModel(const LinearModel& model)
        : CentredRows(model, model.prior.shrinkage()->columns().mean),
          prior(*model.prior.shrinkage()),
          uncommon(*this, prior.columns()) {}

    const ShrinkagePrior& prior;
    UncommonColumns uncommon;
};

// What the rows say at γ: Σℓ, the excess R over a Gaussian surrogate's, and its derivatives.
struct ShrunkRowsAt {
    explicit ShrunkRowsAt(const ShrunkModel& model)
        : eta(model.likelihood.padded()), slope(model.likelihood.padded()), gradient(model.size()) {}

    Vector eta, slope;  // of the padded rows: predictors, ∂R/∂η
    Vector gradient;    // ∂R/∂γ
    double log_likelihood = 0.0, excess = 0.0;
};

enum class RowsWanted { value, value_and_gradient, gradient };

// One pass over the rows. `likelihood`: the chain's own, at `extras`.
void evaluate_rows(const ShrunkModel& model, const Likelihood& likelihood, const double* extras,
                   const GaussianRows& surrogate, const double* gamma, RowsWanted wanted, ShrunkRowsAt& out);
// The gradient, from the slopes.
void complete_gradient(const ShrunkModel& model, ShrunkRowsAt& out);

}  // namespace polyagamma
