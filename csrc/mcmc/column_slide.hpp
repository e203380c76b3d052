#pragma once

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/centred_rows.hpp"
#include "terms/spike_slab_prior.hpp"

namespace polyagamma {

// Each coefficient that is in the model given the others, ω integrated out, by a slice. Data augmentation
// moves coefficients a little at a time where they are large, where the likelihood of few rows reaches far,
// or where one class is rare. Moves deviations, and the linear predictors of the padded rows with them.
void slide_columns(const CentredRows& rows, const Likelihood& likelihood, const double* extras,
                   const SpikeSlabPrior& prior, Vector& gamma, Vector& eta, BitGen& bitgen);

}  // namespace polyagamma
