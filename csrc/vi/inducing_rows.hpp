#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "terms/row_partition.hpp"
#include "vi/cross_covariances.hpp"

namespace polyagamma {

// The normal law N(mean, (factor factorᵀ)⁻¹) of the values v of whitened inducing points; factor (m, m) is
// lower.
struct WhitenedLaw {
    const double *mean, *factor;
};

// Σ g φ over rows, and Σ w φ φᵀ.
struct FeatureSums {
    Vector slope;      // (points)
    Vector precision;  // (points, points), full
};

// A batch of rows of a process that inducing points stand for. With K = L Lᵀ the covariance of the points,
// rows with covariances k have f = φᵀv + e, φ = L⁻¹k, v ~ N(0, I), and e, independent, what the points leave
// of their variance (Hensman, Matthews and Ghahramani 2015, AISTATS 38, 351). Laws of several functions, and
// sums, are of the same features. All that is returned is the same for any number of threads.
class InducingRows {
  public:
    // `lower`: L (points, points). `jitter`: share of rows' variances that is added to them.
    InducingRows(const CrossCovariances& rows, const double* lower, double jitter, std::size_t threads);

    std::size_t rows() const { return rows_; }
    std::size_t points() const { return features_.columns(); }
    // Means and variances of f, each (rows). `independent`: with the variance of e, else without.
    void moments(WhitenedLaw law, bool independent, double* mean, double* variance) const;
    // `slopes` g and `weights` w, each (rows).
    FeatureSums sums(const double* slopes, const double* weights) const;

  private:
    std::size_t rows_, threads_;
    RowPartition partition_;
    Panels features_;
    Vector left_;  // (padded): variances of e
};

}  // namespace polyagamma
