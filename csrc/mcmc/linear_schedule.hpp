#pragma once

#include <cstddef>

#include "mcmc/step_size.hpp"

namespace polyagamma {

// What the caller asks for: the mix of both updates that warm-up finds best, or one of them.
enum class TransitionKernel : int { automatic = 0, gibbs = 1, hmc = 2 };

// What one sweep does: data augmentation if the sweep's number is a multiple of gibbs_every (never if 0),
// then Hamiltonian trajectories.
struct LinearSchedule {
    std::size_t gibbs_every = 1;
    std::size_t trajectories = 0;
    LeapfrogSettings hmc;

    bool gibbs_only() const { return trajectories == 0; }
    bool gibbs_at(std::size_t sweep) const { return gibbs_every > 0 && sweep % gibbs_every == 0; }
};

// The time of a data-augmentation sweep in units of the gradient's, for one chain. A model and not a clock,
// so that the same seed gives the same draws everywhere: nanoseconds per row as measured on one AVX-512 core.
inline double gibbs_work(std::size_t rows, std::size_t k) {
    const double columns = static_cast<double>(k);
    const double gram = columns * columns / 60.0;
    const double cholesky = columns * columns * columns / (60.0 * static_cast<double>(rows));
    const double products = 4.0 * columns / 50.0;
    constexpr double kOmega = 8.0, kResidual = 1.5;
    return (gram + cholesky + products + kOmega) / (products + kResidual);
}

}  // namespace polyagamma
