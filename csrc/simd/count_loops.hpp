#pragma once

#include <cstddef>

namespace polyagamma {

// Rows of counts y and weight w, log-likelihood w[yη − (y + r) log(1 + e^{η−ρ})] with r = e^ρ and log mean η:
// the negative binomial but for what the counts and r alone make of it.
struct CountLoops {
    // ∂ℓ/∂η in place of eta; Σ ∂ℓ/∂ρ and, unless that is null, Σℓ added lane by lane to of_rho[kPanelRows]
    // and log_likelihood[kPanelRows].
    void (*negative_binomial)(const double* y, const double* w, double rho, std::size_t n, double* eta,
                              double* of_rho, double* log_likelihood);
};

}  // namespace polyagamma
