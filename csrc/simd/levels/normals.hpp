#pragma once

#include <cstddef>
#include <cstdint>

#include "simd/level.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

void normals(const std::uint64_t* key, std::size_t n, double* out);

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
