#pragma once

#include <cstddef>

#include "likelihood/excess.hpp"
#include "likelihood/pseudo_data.hpp"
#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/function_hmc.hpp"
#include "mcmc/step_size.hpp"
#include "random/bitgen.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// Hamiltonian trajectories that leave the density of ν and g given the hyperparameters invariant, ω
// integrated out. The term's current side is conditioned on the pseudo-data `surrogate`; `excess` is that
// over them.
struct TrajectoryMoves {
    Term& term;
    PseudoData surrogate;
    Excess& excess;
    StepSize& step_size;
    bool learn;
};

// Those of one chain, and their memory.
class TermTrajectories {
  public:
    explicit TermTrajectories(const Term& term);
    // `count` trajectories, at least one. `acceptance`: the mean probability.
    Status run(const TrajectoryMoves& settings, std::size_t count, BitGen& bitgen, Latent current,
               double& acceptance);

  private:
    Vector noise_, position_;  // of the term; ν and g
    FunctionHmc hmc_;
};

}  // namespace polyagamma
