#pragma once

#include <cstddef>

#include "random/bitgen.hpp"

namespace polyagamma {

// n independent standard normals, from four words: the key of a block stream.
void fill_normals(BitGen& bitgen, double* normals, std::size_t n);

}  // namespace polyagamma
