#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "linalg/status.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// A Gaussian process of low rank on the training inputs, g = Φ v + √s e with v ~ N(0, I_m), e ~ N(0, I_n), at
// one set of hyperparameters. Rows that fill up the last panel of Φ are finite and play no part.
struct Features {
    Features(std::size_t n, std::size_t m) : matrix(n, m), variance(padded_rows(n)) {}
    Panels matrix;    // Φ (n, m)
    Vector variance;  // s (n,)
};

// Inducing points u make Φ = K_fu L⁻ᵀ with K_uu = L Lᵀ, and s = 0 (deterministic training conditional) or s =
// diag(K - ΦΦᵀ) (fully independent training conditional; Quiñonero-Candela and Rasmussen 2005, sections 5 and
// 6); a Hilbert-space basis makes Φ = basis functions times the root of the spectral density, and s = 0
// (Solin and Särkkä 2020).
class FeatureFunction {
  public:
    virtual ~FeatureFunction() = default;
    // Those at log parameters `theta`. Threads call it at once.
    virtual Status evaluate(const double* theta, Features& features) = 0;
};

}  // namespace polyagamma
