#pragma once

#include <cstddef>

#include "simd/level.hpp"

// The level's loops behind CountLoops.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void negative_binomial(const double* s, const double* w, double rho, std::size_t n, double* eta,
                       double* of_rho, double* log_likelihood);
void rising_terms(const double* k, const double* weights, double r, std::size_t n, double* value,
                  double* slope);
void rising_series(const double* c, const double* weights, double z, double r, std::size_t n, double* value,
                   double* slope);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
