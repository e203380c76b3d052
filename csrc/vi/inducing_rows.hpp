#pragma once

#include <cstddef>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "vi/cross_covariances.hpp"
#include "vi/row_kernels.hpp"
#include "vi/row_sums.hpp"

namespace polyagamma {

// The normal law N(mean, (factor factorᵀ)⁻¹) of the values v of whitened inducing points; factor (m, m) is
// lower.
struct WhitenedLaw {
    const double *mean, *factor;
};

// Batches of rows of a process that inducing points stand for. With K = L Lᵀ the covariance of the points,
// rows with covariances k have f = φᵀv + e, φ = L⁻¹k, v ~ N(0, I), and e, independent, what the points leave
// of their variance (Hensman, Matthews and Ghahramani 2015, AISTATS 38, 351). A block of rows is evaluated,
// whitened, used and forgotten, while it is in the cache.
class InducingRows {
  public:
    // `lower`: L (points, points). `jitter`: share of rows' variances that is added to them.
    InducingRows(const double* lower, std::size_t points, double jitter, std::size_t threads)
        : lower_(lower, lower + points * points), points_(points), jitter_(jitter), threads_(threads) {}

    std::size_t points() const { return points_; }

    // Sums of a kernel over the rows of a likelihood with one linear predictor, of which `offset` (padded) is
    // known. `independent`: with the variance of e, else without e. The same for any number of threads.
    RowTotals sums(const RowKernel& kernel, const CrossCovariances& rows, const Likelihood& likelihood,
                   const double* offset, WhitenedLaw law, bool independent) const;
    // Means and variances of f, each (rows).
    void moments(const CrossCovariances& rows, WhitenedLaw law, double* mean, double* variance) const;

  private:
    class Strip;

    Vector lower_;
    std::size_t points_;
    double jitter_;
    std::size_t threads_;
};

}  // namespace polyagamma
