#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "mcmc/outputs.hpp"
#include "mcmc/sampler.hpp"

namespace polyagamma {

// All chains of a run, of whatever model: how they start, advance by windows of warm-up on several threads,
// are saved and restored.
class Chains {
  public:
    Chains(std::unique_ptr<Sampler> sampler, std::size_t threads)
        : sampler_(std::move(sampler)), threads_(threads) {}

    const Sampler& sampler() const { return *sampler_; }
    std::uint64_t sweeps_done() const { return sweeps_done_; }

    // Once before `run`, unless a saved state is set.
    Status start(const double* initial) { return sampler_->start(initial); }
    RunStatus run(std::size_t sweeps, const Outputs& outputs);

    State state() { return sampler_->state(); }
    // False if the state is that of other chains.
    bool restore(const State& state, std::uint64_t sweeps_done);

  private:
    RunStatus advance(std::size_t sweeps, const Outputs& outputs);

    std::unique_ptr<Sampler> sampler_;
    std::size_t threads_;
    std::uint64_t sweeps_done_ = 0;
    bool rebuilt_ = true;
};

}  // namespace polyagamma
