#pragma once

#include "simd/factor_loops.hpp"
#include "simd/level.hpp"

// The level's loops behind FactorLoops.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

std::size_t cholesky(const double* a, std::size_t n, double* factor, Strides strides, double* work);
void invert(double* l, std::size_t n, double* work);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
