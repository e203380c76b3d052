#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mcmc/additive_chain.hpp"
#include "mcmc/linear_schedule.hpp"
#include "mcmc/sampler.hpp"
#include "mcmc/surrogate_window.hpp"

namespace polyagamma {

// Chains of an additive model. A sweep is a trajectory of all effects with their scales moved by a surrogate
// transition, or Pólya-gamma data augmentation with the scales collapsed: where the surrogate is a poor one,
// as for many small groups, warm-up finds that transitions fail and changes over for good. Where factors are
// dear, as of large crossed factors, scales are drawn given the effects, which say much about them then; of
// such sweeps every fiftieth is one of the first kind, so that no scale is held by effects that it holds.
class AdditiveSampler final : public Sampler {
  public:
    struct Options {
        TransitionKernel kernel;
        std::size_t tune;
    };
    AdditiveSampler(const AdditiveModel& model, std::vector<BitGen*> bitgens, const Options& options);

    std::size_t chains() const override { return chains_.size(); }
    // "block0", ...: coordinates of the blocks; "scales" in natural units; "extras"; "lp"; acceptance rates,
    // NaN where a sweep made no such move.
    std::vector<OutputShape> outputs() const override;
    std::vector<std::string> stats() const override;
    SamplerInfo info() const override;

    // `initial`: for each chain x block by block, scales in natural units, extras.
    Status start(const double* initial) override;
    std::size_t initial_size() const override;
    bool restore(const State& state, std::uint64_t sweeps_done) override;
    Status rebuild() override;
    State state() override;

    std::size_t shares() const override { return chains_.size(); }
    RunStatus advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) override;
    std::size_t left_in_window(std::uint64_t sweeps_done) const override;
    Status finish_window(std::uint64_t sweeps_done) override;

  private:
    Status start_at_random(std::size_t chain, const Vector& centre);
    Status start_at(std::size_t chain, const double* initial);
    // Where the values of some sweeps go.
    struct Places {
        std::vector<OutputArray> blocks;
        OutputArray scales, extras, log_density, acceptance, scales_acceptance;
    };
    Places places_of(const Outputs& outputs) const;
    void store(std::size_t chain, std::size_t sweep, const AdditiveSweep& told, const Places& out) const;
    void pool_surrogate();
    double passes_of_a_factor() const;
    // What a sweep takes besides its leapfrog steps, in passes over the rows.
    double work_besides() const;
    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (AdditiveChain& chain : chains_) chain.visit(visitor);
        for (SurrogateWindow& window : windows_) window.visit(visitor);
        for (Vector* part : {&surrogate_.rows.precision, &surrogate_.rows.linear, &settings_})
            visitor(part->data(), part->size());
    }
    LeapfrogSettings leapfrog_settings() const {
        return {settings_[0], static_cast<std::size_t>(settings_[1])};
    }
    // What a sweep does; the last where a factorisation takes much longer than a pass over the rows.
    enum class Sweep { transition, augmentation, anchored };
    Sweep sweep_kind() const { return static_cast<Sweep>(static_cast<int>(settings_[2])); }
    void choose(Sweep kind) { settings_[2] = static_cast<double>(static_cast<int>(kind)); }
    Status make_sweep(AdditiveChain& chain, bool learn, AdditiveSweep& told) const;
    Status anchor_chains();

    const AdditiveModel& model_;
    Options options_;
    std::vector<BitGen*> bitgens_;
    AdditiveSurrogate surrogate_;
    std::vector<AdditiveChain> chains_;
    std::vector<SurrogateWindow> windows_;
    Vector settings_;  // step size, steps; the kind of sweeps
};

}  // namespace polyagamma
