#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"

namespace polyagamma {

// log π at a point, and its gradient there. Chains that different threads advance share no cache line.
struct alignas(64) Density {
    explicit Density(std::size_t k) : gradient(k) {}

    Vector gradient;  // (k)
    double log_posterior = 0.0;
};

}  // namespace polyagamma
