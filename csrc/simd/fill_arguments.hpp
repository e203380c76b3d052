#pragma once

#include <cstddef>

namespace polyagamma {

// Which sampling method draws. `automatic` is the dispatcher's own choice and the only one that is fast
// everywhere.
enum class Method : int { automatic = 0, strip = 1, inverse_gaussian = 2 };

// A parameter of a fill: an array (step 1) or one value for every element (step 0).
struct Parameter {
    const double* data;
    std::ptrdiff_t step;
    double operator[](std::size_t i) const { return data[static_cast<std::ptrdiff_t>(i) * step]; }
};

// Elements per block. Block k of a fill has a random stream of its own, made from the fill's key and k.
inline constexpr std::size_t kBlock = 1024;

}  // namespace polyagamma
