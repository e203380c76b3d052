#pragma once

#include <cstddef>

#include "simd/level.hpp"

// The level's loops behind ScaleLoops.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void scale_marginals(const double* p, const double* v, std::size_t n, double a, double z, double* out);
void scale_sds(double* v, std::size_t n, double bound, double* sd);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
