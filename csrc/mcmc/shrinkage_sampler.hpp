#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mcmc/linear_schedule.hpp"
#include "mcmc/sampler.hpp"
#include "mcmc/shrinkage_chain.hpp"
#include "mcmc/surrogate_window.hpp"
#include "random/bitgen.hpp"
#include "terms/linear_model.hpp"
#include "terms/shrunk_model.hpp"

namespace polyagamma {

// Coefficients and scales of a linear model with a shrinkage prior: surrogate transitions of the scales and
// split Hamiltonian Monte Carlo of the coefficients, which need no products of matrices with the rows; or
// Pólya-gamma data augmentation, which has no surrogate that could be a poor one: where warm-up finds that
// transitions fail, it changes over for good, and then local scales are drawn given ω too.
class ShrinkageSampler final : public Sampler {
  public:
    struct Options {
        TransitionKernel kernel;
        std::size_t tune;
    };
    // Whether it can sample a model.
    static bool suits(const LinearModel& model);
    ShrinkageSampler(const LinearModel& model, std::vector<BitGen*> bitgens, const Options& options);

    std::size_t chains() const override { return chains_.size(); }
    // "beta"; "lp"; acceptance rates, NaN where a sweep made no such move; "parameters": the likelihood's
    // extras and the prior's scales.
    std::vector<OutputShape> outputs() const override;
    std::vector<std::string> stats() const override;
    SamplerInfo info() const override;
    Vector parameters(std::size_t chain) const override { return chains_[chain].prior().scales(); }

    // `initial`: coefficients and extras (chains, k + extras).
    Status start(const double* initial) override;
    std::size_t initial_size() const override { return model_.size() + model_.likelihood.extras(); }
    bool restore(const State& state, std::uint64_t sweeps_done) override;
    Status rebuild() override;
    State state() override;

    std::size_t shares() const override { return chains_.size(); }
    RunStatus advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) override;
    std::size_t left_in_window(std::uint64_t sweeps_done) const override;
    Status finish_window(std::uint64_t sweeps_done) override;

  private:
    // What a sweep does: `collapsed` is data augmentation with local scales given ω.
    enum class Sweep { augmentation, collapsed, transition };
    struct Places {
        OutputArray beta, log_density, acceptance, scales_acceptance, parameters;
    };

    Sweep sweep_kind() const { return static_cast<Sweep>(static_cast<int>(settings_[0])); }
    void choose(Sweep kind) { settings_[0] = static_cast<double>(static_cast<int>(kind)); }
    ShrinkageMoves moves() const;
    Status make_sweep(ShrinkageChain& chain, bool learn, ShrinkageSweep& told) const;
    void store(std::size_t chain, std::size_t sweep, const ShrinkageSweep& told, const Places& out) const;
    void settle(const SurrogateWindow& all);
    void pool_surrogate();
    void pool_columns();
    // What a sweep takes besides its leapfrog steps, in passes over the rows.
    double work_besides() const;
    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (ShrinkageChain& chain : chains_) chain.visit(visitor);
        for (SurrogateWindow& window : windows_) window.visit(visitor);
        for (Vector* part : {&surrogate_.rows.precision, &surrogate_.rows.linear,
                             &surrogate_.columns.precision, &surrogate_.columns.linear, &settings_})
            visitor(part->data(), part->size());
    }

    ShrunkModel model_;
    Options options_;
    ShrunkSurrogate surrogate_;
    std::vector<ShrinkageChain> chains_;
    std::vector<SurrogateWindow> windows_;
    Vector settings_;  // kind of sweeps; step size, steps; parts; whether τ moves given coefficients
};

}  // namespace polyagamma
