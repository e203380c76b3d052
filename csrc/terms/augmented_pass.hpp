#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "parallel/region.hpp"
#include "pg/sampler.hpp"
#include "terms/gradient_pass.hpp"
#include "terms/row_partition.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// What the data-augmentation sweep of Polson, Scott and Windle (2013), section 3, asks of the rows, for up to
// kBatchChains chains: with ω_i | u ~ PG(b_i, η_i) the sums MᵀΩM and Mᵀ(κ − Ωη₀). One pass over M does both
// for all chains: ω never outlives the block of rows that it belongs to. The workers of a team share the
// rows, or the chains where the rows are few.
class AugmentedPass {
  public:
    AugmentedPass(std::vector<const ChainPosterior*> posteriors, std::size_t k, std::size_t workers);
    // Over the rows of some strips, of which the first row has the block `first_block` of its own fill.
    AugmentedPass(std::vector<const ChainPosterior*> posteriors, std::size_t k, std::size_t workers,
                  RowPartition partition, std::size_t first_block);

    // What a pass is to find: the sums, the log-likelihoods.
    struct Wanted {
        bool draw, density;
    };

    // At u[c] (k), with ω by keys[c]. All workers take part; they meet before any u is read, and after. Rows
    // that are elsewhere have to be told the extras that the Pólya-gamma forms of the chains are for.
    void run(Worker& worker, const Whitening& whitening, const double* const* u,
             const std::vector<FillKey>& keys, Wanted wanted, const std::vector<Vector>& extras = {});
    // The sums of its strips alone, as DistantRows tells them: of each strip MᵀΩM (chains, k, k), lower
    // triangles, Mᵀ(κ − Ωη₀) (k, chains) and the log-likelihoods (chains).
    Vector sums(const Whitening& whitening, const double* const* u, const std::vector<FillKey>& keys,
                Wanted wanted);

    // Of a chain, after a pass.
    double log_likelihood(std::size_t chain) const;
    // Adds the sums of all strips to `right_hand_side` (k), and to those of the first strip, which it
    // returns, `prior` (k, k) and the others.
    double* precision(std::size_t chain, const Vector& prior, double* right_hand_side);

  private:
    // The sums of a strip of rows for some chains, and its workspace.
    struct Part {
        std::size_t strip, first_chain, chains;
        Vector interleaved;            // (k, chains): their u
        Vector eta;                    // (chains, rows of a block)
        Vector omega;                  // (rows of a block)
        Vector precision;              // (chains, k, k): share of MᵀΩM
        Vector right_hand_side_lanes;  // (k, chains, kPanelRows): lanes of Mᵀ(κ − Ωη₀)
        Vector density_lanes;          // (chains, kPanelRows): lanes of the log-likelihood
        Vector right_hand_side;        // (k, chains)
        Vector log_likelihood;         // (chains)

        bool has(std::size_t chain) const { return first_chain <= chain && chain < first_chain + chains; }
    };

    void all_parts(const Worker& worker, const Whitening& whitening, const double* const* u,
                   const std::vector<FillKey>& keys, Wanted wanted);
    void fetch(DistantRows& rows, const double* const* u, const std::vector<FillKey>& keys, Wanted wanted,
               const std::vector<Vector>& extras);
    void clear(Part& part) const;
    void add_rows(const Whitening& whitening, const std::vector<FillKey>& keys, Wanted wanted,
                  Part& part) const;
    void block(const Whitening& whitening, const std::vector<FillKey>& keys, std::size_t first_panel,
               std::size_t panels, Wanted wanted, Part& part) const;
    // ω of a block, and its share of MᵀΩM, for a chain of the part.
    void augment(const Whitening& whitening, const Likelihood& likelihood, const FillKey& key,
                 std::size_t first_panel, std::size_t panels, std::size_t c, Part& part) const;

    std::vector<const ChainPosterior*> posteriors_;
    std::size_t k_, chains_, first_block_;
    RowPartition partition_;
    std::vector<Part> parts_;  // the chains of a strip are together or in parts of their own
};

}  // namespace polyagamma
