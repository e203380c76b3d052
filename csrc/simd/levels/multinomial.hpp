#pragma once

#include <cstddef>

#include "simd/level.hpp"

// The level's loops behind ClassLoops (see simd/class_loops.hpp for what each does).
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void multinomial(const double* counts, std::size_t counts_stride, const double* trials, std::size_t n,
                 std::size_t predictors, double* eta, std::size_t stride, double* log_likelihood);
void probabilities(std::size_t n, std::size_t predictors, double* eta, std::size_t stride);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
