#pragma once

#include <cstddef>

#include "linalg/status.hpp"
#include "mcmc/proposals.hpp"
#include "random/bitgen.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// Log prior density of log hyperparameters; -infinity where they may not be.
class LogPrior {
  public:
    virtual ~LogPrior() = default;
    virtual Status evaluate(const double* theta, double& log_density) = 0;
};

// log p(θ) - ½‖ν‖². `prior`: null where θ is fixed.
Status log_prior_density(LogPrior* prior, const Vector& theta, const Vector& whitened, double& value);

// A density of hyperparameters. The term's proposed side is loaded with them already.
class ThetaTarget {
  public:
    virtual ~ThetaTarget() = default;
    virtual Status log_density(Side side, double& value) = 0;
    // The proposal, last evaluated, has become the current state.
    virtual void accepted() = 0;
};

// `steps` Metropolis steps of `theta` that leave prior times target invariant.
struct ThetaMoves {
    Term& term;
    LogPrior& prior;
    Proposal& proposal;
    bool learn;
};
// On entry `log_density` is the target's at theta, on return that at the new theta. `acceptance`: the mean
// probability.
Status move_theta(const ThetaMoves& settings, ThetaTarget& target, std::size_t steps, BitGen& bitgen,
                  Vector& theta, double& log_density, double& acceptance);

}  // namespace polyagamma
