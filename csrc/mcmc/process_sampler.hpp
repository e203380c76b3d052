#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "linalg/status.hpp"
#include "mcmc/joint_update.hpp"
#include "mcmc/process_update.hpp"
#include "mcmc/sampler.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// The steps of a sweep, and which sweeps after warm-up, where all are, are complete.
struct ProcessSchedule {
    Moves<std::size_t> steps;
    std::size_t complete_every;
};

using TermFactory = std::function<std::unique_ptr<FunctionTerm>()>;

// Latent functions and the parameters of their covariance functions. Chains share nothing but the data and
// what the terms share, so threads change no bit.
class ProcessSampler final : public Sampler {
  public:
    struct Options {
        ProcessSchedule schedule;
        std::size_t tune, threads, n_theta;
    };

    // `data`: of one function alone binomial rows, which have the same form. A term is made for each thread;
    // one for each function where several move at once. `prior`: null where the parameters are fixed.
    ProcessSampler(const SoftmaxRows& data, const TermFactory& make_term, LogPrior* prior,
                   std::vector<BitGen*> bitgens, const Options& options);
    ~ProcessSampler() override;

    std::size_t chains() const override { return bitgens_.size(); }
    // "f", less its mean, (functions, n); "v", (functions, components); "theta", (functions, n_theta); "lp";
    // acceptance rates of the moves: NaN where a sweep made no such move.
    std::vector<OutputShape> outputs() const override;
    std::vector<std::string> stats() const override;
    SamplerInfo info() const override;
    Vector parameters(std::size_t chain) const override;

    // `initial`: (chains, functions, n_theta).
    Status start(const double* initial) override;
    std::size_t initial_size() const override { return data_.functions * options_.n_theta; }
    bool restore(const State& state, std::uint64_t sweeps_done) override;
    State state() override;

    std::size_t shares() const override { return shares_.size(); }
    // The first sweep that fails ends the share's work.
    RunStatus advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) override;

  private:
    class Share;
    class FunctionsShare;
    class JointShare;
    struct Arrays;
    std::unique_ptr<Share> make_share(const TermFactory& make_term, LogPrior* prior) const;
    // Whether the functions of a chain move at once.
    bool joint() const { return data_.functions > 1 && options_.schedule.steps.trajectory > 0; }
    // Everything that the future depends on, as ranges of numbers.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (LatentState& latent : states_) latent.visit(visitor);
        for (JointState& joint : joint_states_) joint.visit(visitor);
    }
    JointState* joint_of(std::size_t chain) {
        return joint_states_.empty() ? nullptr : &joint_states_[chain];
    }
    Arrays arrays(const Outputs& outputs) const;
    void store(std::size_t chain, std::size_t sweep, const SweepInfo& info, double log_posterior,
               const Arrays& out);
    LatentState& latent(std::size_t chain, std::size_t function) {
        return states_[chain * data_.functions + function];
    }
    bool makes(std::size_t move) const { return samples_theta_ && steps_[move] > 0; }

    SoftmaxRows data_;
    bool samples_theta_;
    std::array<std::size_t, 5> steps_;  // of the moves, in their order
    std::vector<BitGen*> bitgens_;
    Options options_;
    std::vector<LatentState> states_;
    std::vector<JointState> joint_states_;  // of each chain, if it moves its functions at once
    std::vector<std::unique_ptr<Share>> shares_;
};

}  // namespace polyagamma
