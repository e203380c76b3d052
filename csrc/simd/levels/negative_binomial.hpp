#pragma once

#include <cstddef>

#include "simd/level.hpp"

// The level's loop behind CountLoops.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void negative_binomial(const double* y, const double* w, double rho, std::size_t n, double* eta,
                       double* of_rho, double* log_likelihood);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
