#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "likelihood/sites.hpp"
#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "mcmc/function_hmc.hpp"
#include "mcmc/outputs.hpp"
#include "random/bitgen.hpp"
#include "terms/dense_posterior.hpp"

namespace polyagamma {

// Where `run` puts the values of each chain and draw; null: nowhere.
struct FixedKernelDraws {
    OutputArray g;                // (n,)
    OutputArray log_posterior;    // log-likelihood - ½ gᵀK⁻¹g
    OutputArray acceptance_rate;  // of the trajectory
    FixedKernelDraws from(std::size_t draw) const {
        return {g.from(draw), log_posterior.from(draw), acceptance_rate.from(draw)};
    }
};

// All chains of a full Gaussian process whose kernel does not change: a sweep is one trajectory, ω
// marginalised. The surrogate is that of the mode at first, then pooled from the draws of all chains at the
// end of each window of warm-up. Chains of a thread share each pass over Σ; threads change no bit.
class FixedKernelChains {
  public:
    FixedKernelChains(const LatentRows& rows, CovarianceFunction& function, const Blas& blas,
                      std::vector<BitGen*> bitgens, std::size_t tune, std::size_t threads);
    ~FixedKernelChains();

    // Before `run`, unless a saved state is set: chains start at draws of the Laplace approximation.
    Evaluation start();
    Evaluation run(std::size_t sweeps, const FixedKernelDraws& draws);

    std::size_t sweeps_done() const { return sweeps_done_; }
    std::size_t n_chains() const { return bitgens_.size(); }
    LeapfrogSettings settings() const { return stride_.settings(); }

    // Everything to go on with the same bits, except the bit generators.
    Vector state();
    // False, and nothing changed, if that is not the size of a state of these chains.
    bool set_state(const double* numbers, std::size_t size, std::size_t sweeps_done);
    // What a state does not hold; after set_state.
    Evaluation rebuild();

  private:
    class Sampler;
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
        stride_.visit(visitor);
    }
    // End of the window of warm-up that the next sweep is in; 0 after warm-up.
    std::size_t window_end() const;
    Evaluation finish_window();

    LatentRows rows_;
    CovarianceFunction* function_;
    const Blas* blas_;
    std::vector<BitGen*> bitgens_;
    std::size_t tune_, threads_, sweeps_done_ = 0;
    std::vector<Chain> chains_;
    GaussianSites surrogate_;
    StepSize stride_;
    DensePosterior posterior_;
    std::vector<std::unique_ptr<Sampler>> samplers_;
};

}  // namespace polyagamma
