#pragma once

#include <cstddef>

namespace polyagamma {

// Matrices of the models are stored as panels of kPanelRows rows: element (i, j) of a panel with k columns is
// at j * kPanelRows + i, and panels follow each other. A vector register then holds one column of some rows,
// so that products with few columns run at full width, and a pass over the matrix reads memory once, in
// order.
inline constexpr std::size_t kPanelRows = 8;

// residual_and_log_likelihood works on this many panels at a time; the bits of its sums are those of any way
// of cutting the rows at multiples of it.
inline constexpr std::size_t kLogChunkPanels = 4;

// Chains that share one pass over a matrix. More of them take several passes.
inline constexpr std::size_t kBatchChains = 4;

// The vector loops of the models. `panels` is a matrix of n_panels panels and k columns. Several chains (at
// most kBatchChains) are done at once; the arithmetic of a chain does not depend on the others.
struct ModelLoops {
    // d[c * stride + i] = Σ_j panels(i, j) u[j * chains + c], summed in the order of j.
    void (*forward)(const double* panels, std::size_t n_panels, std::size_t k, const double* u,
                    std::size_t chains, double* d, std::size_t stride);
    // g[(j * chains + c) * kPanelRows + lane] += Σ_panel panel(lane, j) r[c * stride + row], in the order of
    // panels.
    void (*transposed)(const double* panels, std::size_t n_panels, std::size_t k, const double* r,
                       std::size_t chains, std::size_t stride, double* g);
    // gram[j * k + l] += Σ_i weights[i] panels(i, j) panels(i, l), for l <= j.
    void (*weighted_gram)(const double* panels, std::size_t n_panels, std::size_t k, const double* weights,
                          double* gram);
    // Rows x into L⁻¹x, in place, with L the lower triangle of `lower` (k, k); squares[i] = |L⁻¹x_i|².
    void (*solve_lower)(double* panels, std::size_t n_panels, std::size_t k, const double* lower,
                        double* squares);
    // From the linear predictor eta: the residual ∂ℓ/∂η = κ − (b/2) tanh(η/2), in place.
    void (*residual)(const double* kappa, const double* b, std::size_t n, double* eta);
    // The same, and Σ ℓ with ℓ = κη − b log(2 cosh(η/2)), added lane by lane to log_likelihood[kPanelRows].
    void (*residual_and_log_likelihood)(const double* kappa, const double* b, std::size_t n, double* eta,
                                        double* log_likelihood);
    // −∂²ℓ/∂η² = (b/4) / cosh²(η/2), in place.
    void (*curvature)(const double* b, std::size_t n, double* eta);
    // Takes the Gaussian log-likelihoods ct − ½wt² from others: their derivatives c − wt from `slope`, they
    // themselves, lane by lane, from difference[kPanelRows]. n is a multiple of kPanelRows.
    void (*subtract_gaussian)(const double* w, const double* c, const double* t, std::size_t n, double* slope,
                              double* difference);
};

}  // namespace polyagamma
