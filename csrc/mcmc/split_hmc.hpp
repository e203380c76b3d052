#pragma once

#include <algorithm>
#include <cmath>

#include "random/bitgen.hpp"

namespace polyagamma {

// What split Hamiltonian Monte Carlo is, whatever it moves: coefficients, whose posterior's Gaussian part is
// standard normal in their whitening (HmcUpdate), or functions, whose Gaussian part is known by products
// with its covariance alone (Trajectories).

// The angle of a trajectory's rotations: uniform within ±20 % of the mean, so that no direction resonates.
inline double spread_angle(double mean, BitGen& bitgen) {
    constexpr double kSpread = 0.2;
    return mean * (1.0 + kSpread * (2.0 * bitgen.next_double(bitgen.state) - 1.0));
}

// The flow of the Gaussian part, for position less its mean and velocity.
struct Rotation {
    explicit Rotation(double angle) : cosine(std::cos(angle)), sine(std::sin(angle)) {}

    void turn(double& position, double& velocity) const {
        const double turned = cosine * position + sine * velocity;
        velocity = cosine * velocity - sine * position;
        position = turned;
    }

    const double cosine, sine;
};

// Metropolis: 0 where the energy is not finite.
inline double acceptance_probability(double energy_error) {
    return std::isfinite(energy_error) ? std::exp(std::min(0.0, -energy_error)) : 0.0;
}

}  // namespace polyagamma
