#pragma once

#include <optional>

#include "likelihood/likelihood.hpp"
#include "likelihood/warp.hpp"
#include "terms/whitening.hpp"
#include "vi/linear_mode.hpp"

namespace polyagamma {

// The warp that makes the posterior of the likelihood's only extra normal, the coefficients integrated out
// by Laplace's approximation given the extra. Null where that posterior is near normal as it is, or where the
// approximation fails.
std::optional<Warp> find_warp(const Whitening& whitening, const Likelihood& likelihood, const Mode& mode);

}  // namespace polyagamma
