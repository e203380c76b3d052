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
// for all chains: ω never outlives the block of rows that it belongs to. Of several predictors it is asked
// for one of them given the others (ibid., section 3.3): u are the coefficients, M is X, and η₀ has the shift
// of the predictor's Pólya-gamma form in each row. The workers of a team share the rows, or the chains where
// the rows are few.
class AugmentedPass {
  public:
    AugmentedPass(std::vector<const ChainPosterior*> posteriors, std::size_t k, std::size_t workers);
    // Over the rows of some strips, of which the first row has the block `first_block` of its own fill.
    AugmentedPass(std::vector<const ChainPosterior*> posteriors, std::size_t k, std::size_t workers,
                  RowPartition partition, std::size_t first_block);

    // What a pass is to find: the sums, of one of several predictors; the log-likelihoods.
    struct Wanted {
        bool draw, density;
        std::size_t predictor = 0;
    };

    // At u[c] (k), with ω by keys[c]. All workers take part; they meet before any u is read, and after. Rows
    // that are elsewhere have to be told the extras that the Pólya-gamma forms of the chains are for.
    void run(Worker& worker, const Whitening& whitening, const double* const* u,
             const std::vector<FillKey>& keys, Wanted wanted, const std::vector<Vector>& extras = {});
    // The sums of its strips alone, as DistantRows tells them, with the columns k of M: of each strip MᵀΩM
    // (chains, k, k), lower triangles, Mᵀ(κ − Ωη₀) (k, chains) and the log-likelihoods (chains).
    Vector sums(const Whitening& whitening, const double* const* u, const std::vector<FillKey>& keys,
                Wanted wanted);

    // Of a chain, after a pass.
    double log_likelihood(std::size_t chain) const;
    // Adds the sums of all strips to `right_hand_side` (k), and to those of the first strip, which it
    // returns, `prior` (k, k) and the others.
    double* precision(std::size_t chain, const Vector& prior, double* right_hand_side);

  private:
    // A block of rows, on one worker.
    struct Block {
        std::size_t first_panel, panels;
        Vector eta;           // (predictors, chains of a part, kBlock)
        Vector omega, shift;  // (kBlock)

        std::size_t first() const { return first_panel * kPanelRows; }
        std::size_t padded() const { return panels * kPanelRows; }
    };
    // The sums of a strip of rows for some chains, and its workspace.
    struct Part {
        std::size_t strip, first_chain, chains;
        Vector interleaved;            // (predictors, k, chains): their u
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
    void add_rows(const Whitening& whitening, const std::vector<FillKey>& keys, Wanted wanted, Part& part,
                  Block& block) const;
    void add_block(const Whitening& whitening, const std::vector<FillKey>& keys, Wanted wanted, Part& part,
                   Block& block) const;
    void find_predictors(const Whitening& whitening, const Part& part, Block& block) const;
    // ω and shift of a block, and its share of MᵀΩM, for a chain of the part.
    void augment(const Whitening& whitening, const FillKey& key, std::size_t predictor, std::size_t c,
                 Part& part, Block& block) const;
    // κ − Ω(η₀ + shift) in place of the predictor.
    void find_residuals(const Whitening& whitening, std::size_t predictor, const Part& part, std::size_t c,
                        Block& block) const;

    std::vector<const ChainPosterior*> posteriors_;
    std::size_t predictors_, k_, chains_, first_block_;
    RowPartition partition_;
    std::vector<Block> blocks_;  // of each worker
    std::vector<Part> parts_;    // the chains of a strip are together or in parts of their own
};

}  // namespace polyagamma
