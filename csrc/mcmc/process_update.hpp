#pragma once

#include <cstddef>

#include "likelihood/sites.hpp"
#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/metropolis.hpp"
#include "mcmc/step_size.hpp"
#include "mcmc/term_trajectories.hpp"
#include "random/bitgen.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// The moves of a sweep besides the draws of ω and g: Metropolis steps of the hyperparameters with g
// integrated out (collapsed), with ν kept (whitened), with the noise kept from which the surrogate makes g
// (surrogate: a random walk; independent: from anywhere to anywhere); and Hamiltonian trajectories of g with
// the hyperparameters kept. One number for each: steps, or mean acceptance.
template <class Number>
struct Moves {
    Number collapsed{}, whitened{}, surrogate{}, independent{}, trajectory{};
};

// visitor(its number in each of `moves`...) for every move.
template <class Visitor, class... AllMoves>
void for_each_move(Visitor&& visitor, AllMoves&... moves) {
    visitor(moves.collapsed...);
    visitor(moves.whitened...);
    visitor(moves.surrogate...);
    visitor(moves.independent...);
    visitor(moves.trajectory...);
}

// What a chain keeps from sweep to sweep for one latent function.
struct LatentState {
    LatentState(const Term& term, std::size_t n_theta)
        : theta(n_theta),
          g(term.n_rows()),
          whitened(term.whitened_size()),
          collapsed(n_theta),
          white(n_theta),
          surrogate_walk(n_theta),
          independent(n_theta),
          surrogate(term.n_rows()) {}
    // Visits all that the future depends on, as ranges of numbers.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(theta.data(), theta.size());
        visitor(g.data(), g.size());
        visitor(whitened.data(), whitened.size());
        for (RandomWalk* walk : {&collapsed, &white, &surrogate_walk})
            visitor(walk->state().data(), walk->state().size());
        independent.visit(visitor);
        step_size.visit(visitor);
        surrogate.visit(visitor);
    }

    Vector theta;     // log hyperparameters
    Vector g;         // (n,)
    Vector whitened;  // ν
    RandomWalk collapsed, white, surrogate_walk;
    IndependentProposal independent;
    StepSize step_size;
    GaussianSites surrogate;
};

struct SweepInfo {
    double log_prior = 0.0;    // log p(θ) - ½‖ν‖²
    Moves<double> acceptance;  // NaN where a sweep made no such move
};

// Whether a sweep is one of warm-up, and whether it makes all moves. Short ones make those that go far:
// trajectories, independent proposals, and whitened steps if these do.
struct SweepKind {
    bool learn, complete;
};

// One complete sweep: ω | g; θ | ω, g integrated out; g | θ, ω; then, ω integrated out, the moves that keep
// ν, the hyperparameters or the noise. The term must be loaded with the state's theta, and is on return.
class ProcessUpdate {
  public:
    ProcessUpdate(Term& term, LogPrior* prior, Moves<std::size_t> steps);
    Status run(const LatentRows& rows, BitGen& bitgen, SweepKind kind, LatentState& state, SweepInfo& info);
    // The term has been loaded with something else.
    void forget() { conditioned_ = false; }

  private:
    Status gibbs(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state, SweepInfo& info);
    Status whitened_steps(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                          SweepInfo& info);
    bool can_be_short(const LatentState& state) const;
    Status surrogate_moves(const LatentRows& rows, BitGen& bitgen, SweepKind kind, LatentState& state,
                           SweepInfo& info);
    std::size_t n_whitened_steps(bool learn, const LatentState& state) const;
    Status trajectories(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                        double& acceptance);
    Status surrogate_steps(const LatentRows& rows, BitGen& bitgen, SweepKind kind, LatentState& state,
                           SweepInfo& info);
    void learn(const LatentRows& rows, LatentState& state);
    void augment(const LatentRows& rows, BitGen& bitgen, const double* g);

    Term& term_;
    LogPrior* prior_;  // null: the hyperparameters are fixed
    Moves<std::size_t> steps_;
    Vector omega_, linear_, noise_, proposed_whitened_, proposed_g_;
    LogisticExcess excess_;
    TermTrajectories trajectories_;
    PseudoData pseudo_;
    // Whether the term is conditioned on the surrogate, and then the evidence.
    bool conditioned_ = false;
    double log_evidence_ = 0.0;
};

}  // namespace polyagamma
