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

// Whether so many coefficients of several predictors move in coordinates A ⊗ S rather than in those of a
// whole square matrix. That one mixes two to seven times better, and with 2000 coefficients it is 32 MB, but
// it is made of n k² products for each of some fifty draws and takes k² numbers through memory for every
// gradient of nk products: from there on the making takes longer than the run.
bool factorises(std::size_t coefficients, std::size_t predictors);

// The sampler that suits a linear model; the one place that chooses. `row_space`: that of `model`, if it
// reduces.
std::unique_ptr<Sampler> make_linear_sampler(const LinearModel& model, const RowSpaceModel* row_space,
                                             std::vector<BitGen*> bitgens,
                                             const LinearSampler::Options& options);

}  // namespace polyagamma
