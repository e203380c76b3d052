#include "random/normals.hpp"

#include <cstdint>

#include "simd/loops.hpp"

namespace polyagamma {

void fill_normals(BitGen& bitgen, double* normals, std::size_t n) {
    std::uint64_t key[4];
    for (std::uint64_t& word : key) word = bitgen.next_uint64(bitgen.state);
    loops().normals(key, n, normals);
}

}  // namespace polyagamma
