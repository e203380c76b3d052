#pragma once

#include <memory>
#include <vector>

#include "mcmc/linear_sampler.hpp"
#include "mcmc/sampler.hpp"
#include "random/bitgen.hpp"
#include "terms/linear_model.hpp"
#include "terms/row_space.hpp"

namespace polyagamma {

// Whether a model is better sampled in the space of its rows: it has more coefficients than those.
bool reduces(const LinearModel& model);

// The sampler that suits a linear model; the one place that chooses. `row_space`: that of `model`, if it
// reduces.
std::unique_ptr<Sampler> make_linear_sampler(const LinearModel& model, const RowSpaceModel* row_space,
                                             std::vector<BitGen*> bitgens,
                                             const LinearSampler::Options& options);

}  // namespace polyagamma
