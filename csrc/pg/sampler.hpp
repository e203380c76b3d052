#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "random/bitgen.hpp"
#include "simd/fill_arguments.hpp"

namespace polyagamma {

// The only random input of a fill; taken from the caller's generator (four 64-bit words).
struct FillKey {
    std::array<std::uint64_t, 4> words;
    static FillKey from(BitGen& bitgen);
};

// One draw from PG(h, z), its random words taken straight from `bitgen`.
// NaN where h is not a positive finite number or z is not finite.
double draw(BitGen& bitgen, double h, double z, Method method = Method::automatic);

// out[i] ~ PG(h[i], z[i]) for i < n: the elements of a larger fill that begin at block `first_block`.
// A pure function of its arguments: the same bits for every instruction-set level, and for every way of
// cutting a fill into calls at multiples of kBlock (so also for every number of threads).
// `out` may be the same array as h.data or z.data, but may not overlap them otherwise.
void fill(const FillKey& key, std::uint64_t first_block, Parameter h, Parameter z, std::size_t n, double* out,
          Method method = Method::automatic);

// The same fill on `threads` threads (0 and 1: the calling thread).
void fill_threaded(const FillKey& key, std::uint64_t first_block, Parameter h, Parameter z, std::size_t n,
                   double* out, Method method, unsigned threads);

}  // namespace polyagamma
