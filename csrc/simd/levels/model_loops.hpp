#pragma once

#include <cstddef>

#include "simd/level.hpp"

// The level's loops behind ModelLoops (see simd/model_loops.hpp for what each does).
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void forward(const double* panels, std::size_t n_panels, std::size_t k, const double* u, std::size_t chains,
             double* d, std::size_t stride);
void transposed(const double* panels, std::size_t n_panels, std::size_t k, const double* r,
                std::size_t chains, std::size_t stride, double* g);
void weighted_gram(const double* panels, std::size_t n_panels, std::size_t k, const double* weights,
                   double* gram);
void solve_lower(double* panels, std::size_t n_panels, std::size_t k, const double* lower, double* squares);
void residual(const double* kappa, const double* b, std::size_t n, double* eta);
void residual_and_log_likelihood(const double* kappa, const double* b, std::size_t n, double* eta,
                                 double* log_likelihood);
void curvature(const double* b, std::size_t n, double* eta);
void subtract_gaussian(const double* w, const double* c, const double* t, std::size_t n, double* slope,
                       double* difference);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
