#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/lanczos.hpp"

namespace polyagamma {

// Coordinates x of unit momentum for q = A x, A = diag(s) (I + Σ (σ − 1) v vᵀ) with a few orthonormal v:
// standard deviations s of coordinates, and σ along directions in which they go together.
class LowRankMetric {
  public:
    explicit LowRankMetric(std::size_t size) : scale_(size, 1.0) {}

    std::size_t size() const { return scale_.size(); }
    Vector& scale() { return scale_; }
    const Vector& scale() const { return scale_; }

    // Keeps those pairs of the curvature in x with the directions left out that are farthest from 1.
    void set_directions(std::vector<EigenPair> pairs);
    void forget_directions() { directions_.clear(); }
    std::size_t directions() const { return directions_.size(); }

    // y = A x; y = Aᵀ x; y = A⁻¹ x.
    void forward(const double* x, double* y) const;
    void transposed(const double* x, double* y) const;
    void inverse(const double* x, double* y) const;

    // All numbers, always as many.
    Vector save() const;
    void restore(const Vector& saved);
    std::size_t saved_size() const { return size() + kMost * (size() + 1); }

  private:
    static constexpr std::size_t kMost = 8;
    struct Direction {
        double sd;
        Vector vector;
    };
    void stretch(double* x, bool back) const;

    Vector scale_;
    std::vector<Direction> directions_;
};

}  // namespace polyagamma
