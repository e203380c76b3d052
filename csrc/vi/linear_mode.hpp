#pragma once

#include <cstddef>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// Where log π is largest, and the Cholesky factor of −∇² log π there (the Laplace approximation).
struct Mode {
    Vector u;         // (k)
    Vector cholesky;  // (k, k), lower
    std::size_t iterations = 0;
};

// Newton's method with halved steps. Where log π is strictly concave (logistic rows, proper Gaussian prior),
// the mode exists and is unique also for separated data and p > n, and a Newton step is always uphill.
Status find_mode(const Whitening& whitening, const Likelihood& likelihood, Mode& mode);

}  // namespace polyagamma
