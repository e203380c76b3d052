#pragma once

#include <cmath>
#include <cstdint>

#include "math/elementary.hpp"
#include "random/block_stream.hpp"

namespace polyagamma {
namespace {

struct NormalPair {
    double first;
    double second;
};

// Two independent standard normals from two words (Box and Muller 1958, Ann. Math. Statist. 29(2), 610). The
// angle is drawn within an eighth of a turn to either side; two spare bits of the word swap the axes and
// reverse the direction, which makes the whole turn. The radius reaches sqrt(2·53·log 2) = 8.57; P(beyond)
// = 1.1e-16.
inline NormalPair normal_pair(std::uint64_t radius_word, std::uint64_t angle_word) {
    const double radius = std::sqrt(-2.0 * logarithm(uniform(radius_word)));
    const CosineSine point = cosine_sine_eighth_turn(2.0 * uniform(angle_word) - 1.0);
    const double signed_radius = double_of(bits_of(radius) | (angle_word << 63));
    const std::uint64_t swap = (bits_of(point.cosine) ^ bits_of(point.sine)) & (0 - ((angle_word >> 1) & 1));
    const double x = double_of(bits_of(point.cosine) ^ swap);
    const double y = double_of(bits_of(point.sine) ^ swap);
    return {signed_radius * x, signed_radius * y};
}

}  // namespace
}  // namespace polyagamma
