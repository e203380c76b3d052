#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/chain_batch.hpp"
#include "parallel/region.hpp"
#include "pg/sampler.hpp"
#include "random/bitgen.hpp"
#include "terms/augmented_pass.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// The data-augmentation sweep of Polson, Scott and Windle (2013), section 3, for up to kBatchChains chains in
// lockstep: ω_i | u ~ PG(b_i, η_i), then u | ω ~ N(Q⁻¹r, Q⁻¹) with Q = MᵀΩM + P, r = Mᵀ(κ − Ωη₀) − s.
// AugmentedPass finds the sums over rows.
class GibbsUpdate final : public Update {
  public:
    // For the chains of `batch`, whose likelihoods have a Pólya-gamma form.
    GibbsUpdate(const ChainBatch& batch, std::size_t k, std::size_t workers);

    // The next states of the worker's own chains, and their status. All workers take part.
    void run(Worker& worker, const Whitening& whitening, ChainBatch& batch) override {
        run(worker, whitening, batch, false);
    }
    // With `want_density` their log-posteriors are set to those of the states on entry, besides.
    void run(Worker& worker, const Whitening& whitening, ChainBatch& batch, bool want_density);
    // The log-posteriors of the states, to the same bits as `run` finds them.
    void evaluate(Worker& worker, const Whitening& whitening, ChainBatch& batch);

  private:
    // One pass over the rows; with `wanted.density`, the log-posteriors of the states.
    void pass(Worker& worker, const Whitening& whitening, ChainBatch& batch, AugmentedPass::Wanted wanted);
    // The likelihood's extras given the states of the worker's own chains.
    void draw_extras(const Worker& worker, const Whitening& whitening, ChainBatch& batch);
    // A draw from N(Q⁻¹r, Q⁻¹) becomes one given the extras; `factor`: Cholesky factor of Q.
    void condition_on_extras(const Whitening& whitening, std::size_t chain, const double* factor,
                             double* draw) const;
    Status draw(const Whitening& whitening, BitGen& bitgen, std::size_t chain, double* u);

    std::vector<const ChainPosterior*> posteriors_;
    std::size_t k_, chains_;
    AugmentedPass rows_;
    std::vector<Vector> normals_, draws_;  // of each chain (k)
    std::vector<FillKey> keys_;            // (chains)
    std::vector<Vector> extras_;           // of each chain
};

}  // namespace polyagamma
