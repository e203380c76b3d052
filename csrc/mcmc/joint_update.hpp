#pragma once

#include <memory>
#include <vector>

#include "likelihood/softmax.hpp"
#include "linalg/status.hpp"
#include "mcmc/joint_proposals.hpp"
#include "mcmc/noise_circle.hpp"
#include "mcmc/process_update.hpp"
#include "terms/joint_term.hpp"

namespace polyagamma {

// What a chain keeps from sweep to sweep for all functions of a softmax together.
struct JointState {
    JointState(std::size_t n, std::size_t functions, std::size_t n_theta)
        : surrogate(n, functions), independent(functions * n_theta) {}
    // Visits all that the future depends on, as ranges of numbers.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        surrogate.visit(visitor);
        independent.visit(visitor);
        step_size.visit(visitor);
    }

    SoftmaxSurrogate surrogate;
    IndependentProposal independent;  // of all kernel parameters at once
    StepSize step_size;
};

// One sweep of all functions of a softmax. If complete, first the sweep of each function given the others: ω
// | g; θ | ω; g | θ, ω. Then, ω integrated out and all functions at once: whitened steps of each function's
// kernel parameters; a trajectory of all g; and, with the noise kept from which the surrogate makes all g, up
// to its place on a circle (see CircleTarget), steps of kernel parameters: each function's, an exchange
// between two, and now and then all.
class JointUpdate {
  public:
    JointUpdate(std::vector<std::unique_ptr<FunctionTerm>> terms, LogPrior* prior, Moves<std::size_t> steps,
                std::size_t n_theta);
    FunctionTerm& function(std::size_t k) { return term_->function(k); }
    // `states`: of each function.
    Status run(const SoftmaxRows& rows, BitGen& bitgen, SweepKind kind, LatentState* states,
               JointState& joint, SweepInfo& info);
    // The next sweep is of another chain, or of a chain whose state has been set.
    void forget() { loaded_ = false; }

  private:
    void gather(const LatentState* states);
    void scatter(LatentState* states) const;
    bool can_be_short(const LatentState* states, const JointState& joint) const;
    Status gibbs(const SoftmaxRows& rows, BitGen& bitgen, bool learn, LatentState* states, SweepInfo& info);
    Status move(Proposal& proposal, ThetaTarget& target, std::size_t steps, BitGen& bitgen, bool learn,
                double& log_density, double& acceptance);
    Status whitened_steps(const SoftmaxRows& rows, BitGen& bitgen, bool learn, LatentState* states,
                          SweepInfo& info);
    Status trajectories(const SoftmaxRows& rows, BitGen& bitgen, bool learn, JointState& joint,
                        SweepInfo& info);
    Status surrogate_steps(const SoftmaxRows& rows, BitGen& bitgen, SweepKind kind, LatentState* states,
                           JointState& joint, SweepInfo& info);
    void learn(const SoftmaxRows& rows, JointState& joint);

    std::unique_ptr<JointTerm> term_;
    bool sampled_;  // whether kernel parameters are
    JointPrior prior_;
    Moves<std::size_t> steps_;
    std::size_t n_, n_theta_;
    std::vector<std::unique_ptr<ProcessUpdate>> sweeps_;  // of each function given the others
    Vector theta_, whitened_, g_;                         // (functions, ...)
    Vector proposed_g_, offset_;
    NoisePair noise_;
    Buffers<NoiseCircle> circles_;
    TermTrajectories trajectories_;
    ExchangeProposal exchange_;
    bool loaded_ = false;
    // Whether the term is conditioned on the surrogate, and then the evidence.
    bool conditioned_ = false;
    double log_evidence_ = 0.0;
};

}  // namespace polyagamma
