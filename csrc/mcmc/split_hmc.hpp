#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "linalg/status.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// Split Hamiltonian Monte Carlo (Shahbaba et al. 2014, Stat. Comput. 24, 339, section 3.1), whatever it
// moves: coefficients, whose posterior's Gaussian part is standard normal in their coordinates (HmcUpdate),
// or functions, whose Gaussian part is known by products with its covariance alone (FunctionHmc). The flow of
// the Gaussian part is a rotation, done exactly; the rest of the log density kicks the momentum.

// One trajectory. A motion has
//     Status start()                  fresh momentum, and what the first kick needs
//     void kick(double share)         for that share of the time that a rotation takes
//     void rotate()
//     Status differentiate(bool last) what the next kick needs; at the last step the density too
//     void accept()                   or stay where it was.
template <class Motion>
Status leapfrog(Motion& motion, std::size_t steps) {
    if (const Status status = motion.start(); !status.ok()) return status;
    motion.kick(0.5);
    for (std::size_t left = steps; left > 0; --left) {
        const bool last = left == 1;
        motion.rotate();
        if (const Status status = motion.differentiate(last); !status.ok()) return status;
        motion.kick(last ? 0.5 : 1.0);
    }
    motion.accept();
    return {};
}

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
