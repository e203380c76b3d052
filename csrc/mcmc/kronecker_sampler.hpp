#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "mcmc/sampler.hpp"
#include "random/bitgen.hpp"
#include "terms/linear_model.hpp"

namespace polyagamma {

// Trajectories of the coefficients of several predictors in coordinates A ⊗ S, which need no square matrix of
// all of them. Null where the search for the mode fails.
std::unique_ptr<Sampler> make_kronecker_sampler(const LinearModel& model, std::vector<BitGen*> bitgens,
                                                std::size_t tune, std::size_t threads);

}  // namespace polyagamma
