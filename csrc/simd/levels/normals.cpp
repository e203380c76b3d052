#include "simd/levels/normals.hpp"

#include <cstring>

#include "random/block_stream.hpp"
#include "random/normal.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

constexpr std::size_t kMostPairs = 64;

// As many words for the radii and as many for the angles as there are lanes to a vector loop, or a multiple.
std::size_t rounded(std::size_t pairs) {
    return (pairs + BlockStream::kLanes - 1) / BlockStream::kLanes * BlockStream::kLanes;
}

}  // namespace

void normals(const std::uint64_t* key, std::size_t n, double* out) {
    BlockStream stream(key, 0);
    std::uint64_t words[2 * kMostPairs];
    double drawn[2 * kMostPairs];
    for (std::size_t first = 0; first < n; first += 2 * kMostPairs) {
        const std::size_t left = n - first < 2 * kMostPairs ? n - first : 2 * kMostPairs;
        const std::size_t pairs = rounded((left + 1) / 2);
        stream.fill(words, 2 * pairs);
        for (std::size_t i = 0; i < pairs; ++i) {
            const NormalPair pair = normal_pair(words[i], words[pairs + i]);
            drawn[i] = pair.first;
            drawn[pairs + i] = pair.second;
        }
        std::memcpy(out + first, drawn, left * sizeof(double));
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
