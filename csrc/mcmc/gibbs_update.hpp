#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/chain_batch.hpp"
#include "parallel/region.hpp"
#include "pg/sampler.hpp"
#include "random/bitgen.hpp"
#include "terms/row_partition.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// The data-augmentation sweep of Polson, Scott and Windle (2013), section 3, for up to kBatchChains chains in
// lockstep: ω_i | u ~ PG(b_i, η_i), then u | ω ~ N(Q⁻¹r, Q⁻¹) with Q = MᵀΩM + P, r = Mᵀ(κ − Ωη₀) − s.
// One pass over M does both for all chains: ω never outlives the block of rows that it belongs to. The
// workers of a team share the rows, or the chains where the rows are few.
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
    // The sums of a strip of rows for some chains, and its workspace.
    struct Part {
        std::size_t strip, first_chain, chains;
        Vector interleaved;      // (k, chains): their u
        Vector eta;              // (chains, rows of a block)
        Vector omega;            // (rows of a block)
        Vector precision;        // (chains, k, k): share of MᵀΩM
        Vector right_hand_side;  // (k, chains, kPanelRows): lanes of Mᵀ(κ − Ωη₀)
        Vector lanes;            // (chains, kPanelRows): lanes of the log-likelihood

        bool has(std::size_t chain) const { return first_chain <= chain && chain < first_chain + chains; }
    };

    // What a pass over the rows is to find.
    struct Wanted {
        bool draw, density;
    };

    Part make_part(std::size_t strip, std::size_t first_chain, std::size_t chains) const;
    void pass(Worker& worker, const Whitening& whitening, ChainBatch& batch, Wanted wanted);
    void add_rows(const Whitening& whitening, Wanted wanted, Part& part) const;
    void block(const Whitening& whitening, std::size_t first_panel, std::size_t panels, Wanted wanted,
               Part& part) const;
    // ω of a block, and its share of MᵀΩM, for a chain of the part.
    void augment(const Whitening& whitening, const Likelihood& likelihood, std::size_t first_panel,
                 std::size_t panels, std::size_t c, Part& part) const;
    double log_likelihood(std::size_t chain) const;
    // The likelihood's extras given the states of the worker's own chains.
    void draw_extras(const Worker& worker, const Whitening& whitening, ChainBatch& batch);
    // A draw from N(Q⁻¹r, Q⁻¹) becomes one given the extras; `factor`: Cholesky factor of Q.
    void condition_on_extras(const Whitening& whitening, std::size_t chain, const double* factor,
                             double* draw) const;
    Status draw(const Whitening& whitening, BitGen& bitgen, std::size_t chain, double* u);

    std::vector<const ChainPosterior*> posteriors_;
    std::size_t k_, chains_;
    RowPartition partition_;
    std::vector<Part> parts_;              // the chains of a strip are together or in parts of their own
    std::vector<Vector> normals_, draws_;  // of each chain (k)
    std::vector<FillKey> keys_;            // (chains)
    std::vector<Vector> extras_;           // of each chain
};

}  // namespace polyagamma
