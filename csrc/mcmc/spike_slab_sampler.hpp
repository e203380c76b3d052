#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mcmc/indicator_update.hpp"
#include "mcmc/sampler.hpp"
#include "mcmc/spike_slab_chain.hpp"
#include "random/bitgen.hpp"
#include "terms/centred_rows.hpp"
#include "terms/linear_model.hpp"

namespace polyagamma {

// Coefficients, indicators and scales of a linear model with a spike-and-slab prior. There is nothing to
// learn in warm-up.
class SpikeSlabSampler final : public Sampler {
  public:
    // Whether it can sample a model.
    static bool suits(const LinearModel& model);
    SpikeSlabSampler(const LinearModel& model, std::vector<BitGen*> bitgens);

    std::size_t chains() const override { return chains_.size(); }
    // "beta"; "lp"; "parameters": the likelihood's extras and the prior's scales.
    std::vector<OutputShape> outputs() const override;
    std::vector<std::string> stats() const override { return {"lp"}; }
    SamplerInfo info() const override;
    Vector parameters(std::size_t chain) const override { return chains_[chain].prior().scales(); }

    // `initial`: coefficients and extras (chains, k + extras).
    Status start(const double* initial) override;
    std::size_t initial_size() const override { return rows_.size() + rows_.likelihood.extras(); }
    bool restore(const State& state, std::uint64_t sweeps_done) override;
    Status rebuild() override;
    State state() override;

    std::size_t shares() const override { return chains_.size(); }
    RunStatus advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) override;

  private:
    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (SpikeSlabChain& chain : chains_) chain.visit(visitor);
    }

    CentredRows rows_;
    IndicatorUpdate indicators_;
    std::vector<SpikeSlabChain> chains_;
};

}  // namespace polyagamma
