#pragma once

#include <cstddef>

namespace polyagamma {

// The negative binomial with dispersion r = e^ρ.
struct CountLoops {
    // Rows of weight w, weighted counts s and log mean η, log-likelihood s η − (s + wr) log(1 + e^{η−ρ}) but
    // for what counts and r alone make of it. ∂ℓ/∂η in place of eta; Σ ∂ℓ/∂ρ and, unless that is null, Σℓ
    // added lane by lane to of_rho[kPanelRows] and log_likelihood[kPanelRows].
    void (*negative_binomial)(const double* s, const double* w, double rho, std::size_t n, double* eta,
                              double* of_rho, double* log_likelihood);
    // Adds Σ weight log(1 + k/r) and its derivative in ρ, lane by lane; n: a multiple of kPanelRows.
    void (*rising_terms)(const double* k, const double* weights, double r, std::size_t n, double* value,
                         double* slope);
    // The same for the sums of log(1 + k/r) over z − r <= k < z − r + c, z >= kLeastStirling: but for
    // c log(z/r) − s(z)/z and, in the derivative, rd(z), with what Stirling's series are at z alone.
    void (*rising_series)(const double* c, const double* weights, double z, double r, std::size_t n,
                          double* value, double* slope);
};

}  // namespace polyagamma
