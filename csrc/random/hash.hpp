#pragma once

#include <cstdint>
#include <cstring>

#include "random/block_stream.hpp"

namespace polyagamma {

// The word of a number in a hash, with the words mixed by mix64: equal numbers have equal words.
inline std::uint64_t hash_word(double value) {
    const double positive_zero = value + 0.0;  // −0 and 0 are equal
    std::uint64_t bits;
    std::memcpy(&bits, &positive_zero, sizeof bits);
    return bits;
}

}  // namespace polyagamma
