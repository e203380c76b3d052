#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"

namespace polyagamma {

// A random walk whose steps are N(0, S Sᵀ), S lower triangular. While it learns, S takes the shape and size
// at which about 30 % of proposals are accepted: the robust adaptive Metropolis algorithm (Vihola 2012,
// equation 1).
class RandomWalk {
  public:
    explicit RandomWalk(std::size_t dimension);

    // proposal = theta + S normals; keeps `normals` (dimension,) for `learn`.
    void propose(const double* theta, const double* normals, double* proposal);
    // Takes note that the last proposal had that probability of being accepted.
    void learn(double acceptance);

    double times_learned() const { return state_.back(); }
    // The largest ratio, over dimensions, of the standard deviations of these steps and of another walk's.
    double reach(const RandomWalk& other) const;

    // S (dimension, dimension) row-major, then the number of times it learned: all that the walk is.
    Vector& state() { return state_; }
    const Vector& state() const { return state_; }

  private:
    std::size_t dimension_;
    Vector state_;
    Vector normals_;
};

}  // namespace polyagamma
