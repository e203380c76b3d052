#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "random/bitgen.hpp"
#include "simd/level_namespace.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_INLINE_LEVEL {

// Stafford's "variant 13" finaliser, the output function of SplitMix64: a bijection of 64-bit words in which
// every input bit flips every output bit with probability close to 1/2.
inline std::uint64_t mix64(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// The random words of one block of a fill: a pure function of the fill's key and of the block's number.
//
// Eight xoshiro256++ generators (Blackman and Vigna 2021, ACM TOMS 47(4), 36) run side by side: word i of the
// stream comes from lane i mod 8. The lanes are independent, so the compiler turns the inner loops into
// vector instructions of whatever width the level has; eight is part of the stream's definition and never
// changes.
//
// Why the streams can be trusted. Each lane has the 256-bit state of a generator that passes BigCrush and
// PractRand and whose period is 2^256 − 1. State word j of lane l of block k is
//     mix64(key_j ^ mix64(8k + l + (j + 1)·γ)),        γ = 2^64/golden ratio, odd.
// For a fixed lane this maps the 256-bit key, which the caller's generator fills, one to one onto the state,
// so that no entropy of the key is lost; for a fixed key all lanes of all blocks start in different states.
// The two rounds of mixing destroy the regularity of the counter (SplitMix64 with its one round is the
// generator that xoshiro's authors recommend for seeding). With starting points that are random in this
// sense, two of N segments of L words overlap with probability N²L/2^256: below 2^-120 for 2^40 blocks of
// 2^40 words.
class BlockStream {
  public:
    static constexpr std::size_t kLanes = 8;

    BlockStream(const std::uint64_t* key, std::uint64_t block) {
        for (std::size_t j = 0; j < 4; ++j) {
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                const std::uint64_t counter = kLanes * block + lane + (j + 1) * 0x9e3779b97f4a7c15u;
                state_[j][lane] = mix64(key[j] ^ mix64(counter));
            }
        }
    }

    // The next n words of the stream, n a multiple of kLanes.
    void fill(std::uint64_t* words, std::size_t n) {
        std::uint64_t s[4][kLanes];
        std::memcpy(s, state_, sizeof s);
        for (std::size_t i = 0; i < n; i += kLanes) step(s, words + i);
        std::memcpy(state_, s, sizeof s);
    }

    // One word, for scalar code (it draws kLanes words at a time, in between those of fill).
    std::uint64_t next() {
        if (used_ == kLanes) {
            fill(buffer_, kLanes);
            used_ = 0;
        }
        return buffer_[used_++];
    }

  private:
    static std::uint64_t rotate(std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

    // GCC would unroll the loop before it looks for vectors, and then find none.
    static void step(std::uint64_t (&s)[4][kLanes], std::uint64_t* words) {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 1
#endif
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            words[lane] = rotate(s[0][lane] + s[3][lane], 23) + s[0][lane];
            const std::uint64_t shifted = s[1][lane] << 17;
            s[2][lane] ^= s[0][lane];
            s[3][lane] ^= s[1][lane];
            s[1][lane] ^= s[2][lane];
            s[0][lane] ^= s[3][lane];
            s[2][lane] ^= shifted;
            s[3][lane] = rotate(s[3][lane], 45);
        }
    }

    std::uint64_t state_[4][kLanes];
    std::uint64_t buffer_[kLanes];
    std::size_t used_ = kLanes;
};

// The caller's generator as a source of words. Scalar code is templated on such a source: anything with
// `std::uint64_t next()`, this or a BlockStream.
class BitGenSource {
  public:
    explicit BitGenSource(BitGen& bitgen) : bitgen_(bitgen) {}
    std::uint64_t next() { return bitgen_.next_uint64(bitgen_.state); }

  private:
    BitGen& bitgen_;
};

// Uniform in (0, 1) from the high 52 bits of a word: the midpoints (2k + 1)·2^-53, so neither 0 nor 1. The
// low 12 bits stay free for another use. Written without an integer-to-double conversion, which most levels
// cannot vectorise: the bits become the fraction of a number in [1, 2); both subtractions are exact.
inline double uniform(std::uint64_t word) {
    const std::uint64_t bits = (word >> 12) | 0x3ff0000000000000u;
    double x;
    std::memcpy(&x, &bits, sizeof x);
    return x - (1.0 - 0x1p-53);
}

}  // namespace POLYAGAMMA_INLINE_LEVEL
}  // namespace polyagamma
