#pragma once

#include <cstddef>
#include <cstdint>

#include "pg/sampler.hpp"
#include "simd/level_namespace.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_INLINE_LEVEL {

// Loops::fill_block of this level (see kernels.hpp).
void fill_block(const std::uint64_t* key, std::uint64_t block, Parameter h, Parameter z, std::size_t n,
                double* out, Method method);

}  // namespace POLYAGAMMA_INLINE_LEVEL
}  // namespace polyagamma
