#pragma once

#include <cstddef>

#include "simd/level.hpp"
#include "simd/loops.hpp"

// The level's loops behind Loops::softmax and Loops::total_log_sum.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void softmax(std::size_t n, std::size_t functions, double* eta, double* log_sums);
double total_log_sum(std::size_t n, std::size_t functions, const EllipsePoint& point, const double* weights);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
