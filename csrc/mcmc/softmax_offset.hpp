#pragma once

#include <cstddef>

#include "likelihood/softmax.hpp"
#include "mcmc/process_update.hpp"

namespace polyagamma {

// log Σ e^{η_k} over the latent functions of row i, but one (or none, if `except` is their number).
double log_sum(const SoftmaxRows& rows, const LatentState* states, std::size_t i, std::size_t except);

// Given the others, a function of a softmax is that of a logistic model with offset less log Σ e^{η} of the
// others (Holmes and Held 2006, section 3.1). offset: (n,).
void find_offset(const SoftmaxRows& rows, const LatentState* states, std::size_t function, double* offset);

}  // namespace polyagamma
