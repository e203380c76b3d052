#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "likelihood/binomial.hpp"
#include "likelihood/sites.hpp"
#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"
#include "mcmc/function_hmc.hpp"
#include "mcmc/sampler.hpp"
#include "random/bitgen.hpp"
#include "terms/dense_posterior.hpp"

namespace polyagamma {

// A full Gaussian process whose covariance function does not change: a sweep is one trajectory, ω
// marginalised. The surrogate is that of the mode at first, then pooled from the draws of all chains at the
// end of each window of warm-up. Chains of a share go through Σ together; threads change no bit.
class FixedProcessSampler final : public Sampler {
  public:
    FixedProcessSampler(const LatentRows& rows, CovarianceFunction& function, const Blas& blas,
                        std::vector<BitGen*> bitgens, std::size_t tune, std::size_t threads);
    ~FixedProcessSampler() override;

    std::size_t chains() const override { return bitgens_.size(); }
    // "f", less its mean, (n,); "lp": log-likelihood - ½ gᵀK⁻¹g; "acceptance_rate" of the trajectory.
    std::vector<OutputShape> outputs() const override;
    std::vector<std::string> stats() const override { return {"lp", "acceptance_rate"}; }
    SamplerInfo info() const override;

    // Chains start at draws of the Laplace approximation.
    Status start(const double*) override;
    std::size_t initial_size() const override { return 0; }
    bool restore(const State& state, std::uint64_t sweeps_done) override;
    Status rebuild() override;
    State state() override;

    std::size_t shares() const override { return shares_.size(); }
    RunStatus advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) override;
    std::size_t left_in_window(std::uint64_t sweeps_done) const override;
    Status finish_window(std::uint64_t sweeps_done) override;

  private:
    class Share;
    struct Chain {
        explicit Chain(std::size_t n) : g(n), surrogate(n) {}
        template <class Visitor>
        void visit(Visitor&& visitor) {
            visitor(g.data(), g.size());
            visitor(&acceptance, 1);
            visitor(&trajectories, 1);
            surrogate.visit(visitor);
        }
        Vector g;
        double acceptance = 0.0, trajectories = 0.0;  // sum over the window, of how many
        GaussianSites surrogate;                      // of this chain's draws
    };

    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (Chain& chain : chains_) chain.visit(visitor);
        surrogate_.visit(visitor);
        step_size_.visit(visitor);
    }

    LatentRows rows_;
    CovarianceFunction* function_;
    const Blas* blas_;
    std::vector<BitGen*> bitgens_;
    std::size_t tune_;
    std::vector<Chain> chains_;
    GaussianSites surrogate_;
    StepSize step_size_;
    DensePosterior posterior_;
    std::vector<std::unique_ptr<Share>> shares_;
};

}  // namespace polyagamma
