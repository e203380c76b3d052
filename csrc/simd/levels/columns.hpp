#pragma once

#include <cstddef>

#include "simd/level.hpp"

// The level's loops behind ColumnLoops.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

double column_dot(const double* x, const double* r, std::size_t n);
double weighted_column_dot(const double* x, const double* w, const double* y, std::size_t n);
void subtract_columns(const double* w, double a, const double* x, double b, const double* y, std::size_t n,
                      double* r);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
