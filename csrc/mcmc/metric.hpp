#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/chain_batch.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// From so many coordinates on warm-up has fewer draws than it takes to estimate means and covariances as they
// are, and starting points are drawn nearer to the mode.
inline constexpr std::size_t kManyCoordinates = 100;

// New coordinates u' of a posterior from draws of it in coordinates u: u = centre + basis · u'.
struct Metric {
    Vector centre;      // (k): mean of the draws
    Vector whitening;   // (k, k): lower triangular L with L Lᵀ = MᵀE[w]M + P
    Vector covariance;  // (k, k): lower triangular C; L⁻ᵀ C Cᵀ L⁻¹ is the covariance estimate
    double shrinkage = 1.0;

    // basis = L⁻ᵀ C.
    void basis(const Blas& blas, double* out) const;
    // u' of u, in place.
    void transform(const Blas& blas, double* u) const;
};

// Draws of all chains, in the order of chains and sweeps.
struct Draws {
    const double* u;  // (chains, sweeps, k)
    std::size_t chains, sweeps, k;
    const double* at(std::size_t chain, std::size_t sweep) const { return u + (chain * sweeps + sweep) * k; }
};

// Centre on the mean; whiten with the curvature of the rows averaged over the draws, (MᵀE[w]M + P)⁻¹, which
// even a few draws determine well. With `use_covariance`, whitened draws say how far their covariance is from
// I: C Cᵀ = ρI + (1−ρ)S with the shrinkage ρ of Ledoit and Wolf (2004, J. Multivariate Anal. 88, 365, eq.
// 14), I in place of their multiple of I. For a skewed posterior (quasi-separated rows) S finds scales that
// no curvature shows.
// `models`: of the chains; `steps`: that trajectories take.
Status fit_metric(const Whitening& whitening, const std::vector<ChainModel>& models, const Draws& draws,
                  bool use_covariance, Metric& metric, std::size_t steps = 1);

// The largest lag-one autocorrelation of any coordinate, clipped to [0, 1], around the mean of the draws.
double largest_autocorrelation(const Draws& draws);
// The same for whitened coordinates (variance 1), from the size of the steps alone: ρ = 1 − E[step²]/2. A few
// steps are enough for it, however slow the chains.
double largest_autocorrelation_of_steps(const Draws& draws);

}  // namespace polyagamma
