#pragma once

#include <cstddef>

#include "simd/level.hpp"

// The level's loop behind Loops::softmax.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void softmax(std::size_t n, std::size_t functions, double* eta, double* log_sums);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
