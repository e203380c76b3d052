#pragma once

#include <cstddef>
#include <vector>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "parallel/region.hpp"
#include "terms/density.hpp"
#include "terms/row_partition.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// What a chain samples: the likelihood and the prior at the parameters and scales that it has.
struct ChainPosterior {
    const Likelihood* likelihood;
    const WhitenedPrior* prior;
};

// log π(u) and its gradient for up to kBatchChains chains, in one pass over M by blocks of rows that stay in
// cache between the product with M and the one with Mᵀ; of several predictors over X, between products of
// each chain with the basis and its transpose. The workers of a team share the rows, and then the chains.
class GradientPass {
  public:
    // `posteriors`: of each chain; they must outlive the pass.
    GradientPass(std::vector<const ChainPosterior*> posteriors, std::size_t k, std::size_t workers);
    // Over the rows of some strips.
    GradientPass(std::vector<const ChainPosterior*> posteriors, std::size_t k, std::size_t workers,
                 RowPartition partition);

    enum class Wanted { gradient, gradient_and_value };

    // densities[c] at u[c] (k) for the worker's own chains. All workers take part; they meet before any u is
    // read, and after the last.
    void run(Worker& worker, const Whitening& whitening, const double* const* u, Wanted wanted,
             Density* const* densities);
    // Value and gradient at `u` (k), for a pass of one chain and one worker.
    void run_alone(const Whitening& whitening, const double* u, Density& density);
    // The sums of its strips alone, as DistantRows tells them, at likelihood's extras (chains, extras) as
    // they are told: of each strip the gradient (products, chains), the log-likelihoods (chains) and the
    // derivatives in the extras (chains, extras).
    Vector sums(const Whitening& whitening, const double* const* u, const Vector& extras, Wanted wanted);

  private:
    // The sums of a strip of rows, and its workspace.
    struct Part {
        Vector eta;             // (predictors, chains, rows of a block)
        Vector gradient_lanes;  // (products, chains, kPanelRows)
        Vector density_lanes;   // (chains, kPanelRows): of the log-likelihood
        Vector extra_lanes;     // (chains, extras, kPanelRows): of its derivative in the likelihood's extras
        Vector gradient;        // (products, chains)
        Vector log_likelihood;  // (chains)
        Vector of_extras;       // (chains, extras)
    };
    // What a worker reads of all chains.
    struct Points {
        Vector u;                        // (products, chains): coordinates or coefficients
        Vector extras;                   // (chains, extras)
        Vector work;                     // of products with the basis
        std::vector<double*> gradients;  // of the worker's own chains
    };

    void read_points(Worker& worker, const Whitening& whitening, const double* const* u);
    void all_strips(const Worker& worker, const Whitening& whitening, Wanted wanted);
    void fetch(DistantRows& rows, Wanted wanted);
    void strip(const Whitening& whitening, const Points& points, Wanted wanted, std::size_t index);
    void block(const Whitening& whitening, const Points& points, Wanted wanted, std::size_t first_panel,
               std::size_t panels, Part& part) const;
    // From the sums of all strips, and the prior: the gradient (k) in coordinates or deviations, and the log
    // density.
    double finish(const Whitening& whitening, const Points& points, std::size_t chain, const double* point,
                  double* gradient);
    // Adds what the likelihood's extras do to the gradient; returns what they add to the log density.
    double finish_extras(const Whitening& whitening, const Points& points, std::size_t chain,
                         double* gradient) const;
    void finish_chains(const Worker& worker, const Whitening& whitening, const double* const* u,
                       Wanted wanted, Density* const* densities);

    std::vector<const ChainPosterior*> posteriors_;
    std::size_t k_, extras_, chains_, predictors_;
    std::size_t products_;  // with the matrix: its columns for every predictor
    std::size_t block_panels_;
    RowPartition partition_;
    std::vector<Points> points_;               // of each worker
    std::vector<Vector> of_prior_;             // of each chain (k): gradient of the log-prior
    Vector deviations_, pulled_;               // of several predictors (chains, whole panels of k)
    std::vector<const double*> deviation_of_;  // of each chain
    std::vector<Part> parts_;
};

}  // namespace polyagamma
