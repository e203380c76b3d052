#pragma once

#include <cstddef>

#include "random/block_stream.hpp"
#include "simd/level_namespace.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_INLINE_LEVEL {

// Method 2 for a batch: out[i] ~ PG(h[i], z[i]) for i < n ≤ kBlock, h[i] > 0 and z[i] ≥ 0 finite. `out` does
// not overlap h or z.
void fill_inverse_gaussian(BlockStream& stream, const double* h, const double* z, std::size_t n, double* out);

}  // namespace POLYAGAMMA_INLINE_LEVEL
}  // namespace polyagamma
