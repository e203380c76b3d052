#pragma once

#include <cstddef>

#include "random/bitgen.hpp"

namespace polyagamma {

// What a chain does between Hamiltonian trajectories, to go where these do not lead.
class CoordinateMove {
  public:
    virtual ~CoordinateMove() = default;
    // Leaves the posterior of the coordinates q invariant: those of the prior, and the likelihood's extras.
    virtual void move(double* q, BitGen& bitgen) const = 0;
    // Trajectories of a draw, each with a move behind it.
    virtual std::size_t trajectories() const = 0;
};

}  // namespace polyagamma
