#pragma once

#include <cstddef>

#include "gp/hyperparameters.hpp"
#include "gp/latent_block.hpp"
#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// Rows with log-likelihood kappa η - shape log(2 cosh(η/2)), η = offset + g.
struct LatentRows {
    std::size_t n;
    const double* shape;
    const double* kappa;
    const double* offset;
};

double log_likelihood(const LatentRows& rows, const double* g);

// Metropolis steps of each kind in a sweep.
struct ThetaSteps {
    std::size_t collapsed;
    std::size_t whitened;
};

// What a chain keeps from sweep to sweep for one latent function.
struct LatentState {
    LatentState(const LatentBlock& block, std::size_t n_theta)
        : theta(n_theta),
          g(block.n_rows()),
          whitened(block.whitened_size()),
          collapsed(n_theta),
          white(n_theta) {}
    Vector theta;     // log parameters of the kernel
    Vector g;         // (n,)
    Vector whitened;  // ν; every sweep draws it afresh
    RandomWalk collapsed, white;
};

struct SweepInfo {
    double log_prior;  // log p(θ) - ½‖ν‖²
    double collapsed_acceptance;
    double whitened_acceptance;
};

// One sweep: ω | g, then θ | ω with g integrated out, g | θ, ω, and θ | ν with ω integrated out (Murray and
// Adams 2010, section 2). The block must be loaded with the state's theta, and is on return.
class LatentSweep {
  public:
    LatentSweep(LatentBlock& block, LogPrior* prior, ThetaSteps steps);
    Evaluation run(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state, SweepInfo& info);

  private:
    Evaluation collapsed_steps(BitGen& bitgen, bool learn, LatentState& state, SweepInfo& info);
    Evaluation whitened_steps(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                              SweepInfo& info);
    Evaluation log_prior(const LatentState& state, double& value);
    void augment(const LatentRows& rows, BitGen& bitgen, const double* g);

    LatentBlock& block_;
    LogPrior* prior_;  // null: the kernel is fixed
    ThetaSteps steps_;
    Vector omega_, linear_, noise_, proposed_;
    PseudoRows pseudo_;
};

}  // namespace polyagamma
