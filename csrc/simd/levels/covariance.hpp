#pragma once

#include <cstddef>

#include "simd/covariance_loops.hpp"
#include "simd/level.hpp"

// The level's loops behind CovarianceLoops.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void stationary_row(Stationary family, const double* columns, std::size_t n, std::size_t p, std::size_t i,
                    double variance, double* out);
void stationary_panels(Stationary family, const double* inputs, std::size_t n_panels, std::size_t p,
                       const double* scales, const double* points, std::size_t m, double variance,
                       double* out);
void scaled_row(const double* k, const double* scales, double scale, std::size_t n, double* b);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
