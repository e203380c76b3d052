#pragma once

#include <cstddef>

namespace polyagamma {

// Rows of counts of classes, the last of which has the linear predictor 0.
struct ClassLoops {
    // Of predictor k: counts + k * counts_stride and eta + k * stride; trials: of all classes.
    // ℓ = Σ counts η − trials log(1 + Σ e^η): ∂ℓ/∂η in place of eta; Σℓ added lane by lane to
    // log_likelihood[kPanelRows], unless that is null.
    void (*multinomial)(const double* counts, std::size_t counts_stride, const double* trials, std::size_t n,
                        std::size_t predictors, double* eta, std::size_t stride, double* log_likelihood);
    // Probabilities in place of eta, whatever its size.
    void (*probabilities)(std::size_t n, std::size_t predictors, double* eta, std::size_t stride);
};

}  // namespace polyagamma
