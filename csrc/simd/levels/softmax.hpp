#pragma once

#include <cstddef>

#include "simd/level.hpp"
#include "simd/loops.hpp"

// The level's loops behind Loops::softmax and Loops::log_sums.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void softmax(std::size_t n, std::size_t functions, double* eta, double* log_sums);
void log_sums(std::size_t n, std::size_t functions, const EllipsePoint& point, double* out);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
