#pragma once

#include "simd/level.hpp"
#include "simd/product_loops.hpp"

// The level's loops behind ProductLoops.
namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void pack_scaled(const double* panels, std::size_t n_panels, std::size_t k, std::size_t columns,
                 const double* scales, double* packed);
void rescale(const double* packed, std::size_t rows, const double* scales, double* out);
void add_products(const double* left, const double* right, std::size_t rows, double factor,
                  const ProductBlock& to);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
