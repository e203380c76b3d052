#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/metropolis.hpp"
#include "mcmc/proposals.hpp"

namespace polyagamma {

// Independent kernel parameters of several functions, each with the same prior, which is remembered for those
// last asked for: most proposals change one function's.
class JointPrior final : public LogPrior {
  public:
    // `prior` may be null: nothing is asked for then.
    JointPrior(LogPrior* prior, std::size_t functions, std::size_t n_theta);
    Status evaluate(const double* theta, double& log_density) override;

  private:
    struct Known {
        Vector theta;
        double value;
    };
    // The last two of a function, the later first.
    struct Memory {
        Known recent, before;
    };
    Status evaluate(Memory& memory, const double* theta);

    LogPrior* prior_;
    std::size_t n_theta_;
    std::vector<Memory> memories_;
};

// A proposal of one function's kernel parameters, the others kept.
class FunctionProposal final : public Proposal {
  public:
    FunctionProposal(Proposal& proposal, std::size_t function, std::size_t n_theta)
        : proposal_(proposal), first_(function * n_theta), n_theta_(n_theta) {}
    void propose(const Vector& theta, BitGen& bitgen, Vector& proposal) override;
    double log_ratio(const Vector& theta, const Vector& proposal) const override;
    void learn(double acceptance) override { proposal_.learn(acceptance); }

  private:
    Vector own(const Vector& theta) const {
        return Vector(theta.data() + first_, theta.data() + first_ + n_theta_);
    }

    Proposal& proposal_;
    std::size_t first_, n_theta_;
};

// Two functions, drawn at random, exchange their kernel parameters: which of them is large is often a matter
// of taste to the likelihood, that sees differences alone.
class ExchangeProposal final : public Proposal {
  public:
    ExchangeProposal(std::size_t functions, std::size_t n_theta) : functions_(functions), n_theta_(n_theta) {}
    void propose(const Vector& theta, BitGen& bitgen, Vector& proposal) override;
    double log_ratio(const Vector&, const Vector&) const override { return 0.0; }
    void learn(double) override {}

  private:
    std::size_t functions_, n_theta_;
};

}  // namespace polyagamma
