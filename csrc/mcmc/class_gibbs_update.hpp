#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"
#include "mcmc/chain_batch.hpp"
#include "pg/sampler.hpp"
#include "random/bitgen.hpp"
#include "terms/augmented_pass.hpp"
#include "terms/gaussian_prior.hpp"

namespace polyagamma {

// Data augmentation of rows with several predictors, one after the other: ω of the predictor given the
// others, and its coefficients given ω (Polson, Scott and Windle 2013, section 3.3). A reference: what all
// predictors have in common moves slowly. In coordinates that are the coefficients themselves. AugmentedPass
// finds the sums over rows.
class ClassGibbsUpdate final : public Update {
  public:
    // `priors`: of the chains.
    ClassGibbsUpdate(const ChainBatch& batch, std::vector<const GaussianPrior*> priors, std::size_t workers);

    void run(Worker& worker, const Whitening& whitening, ChainBatch& batch) override;

  private:
    // Of one chain.
    struct Work {
        Vector precision;      // (k, k): Λ
        Vector of_predictor;   // (columns, columns): Λ_kk
        Vector draw, normals;  // (columns)
        Vector of_prior;       // (k)
    };

    Status draw(const Blas& blas, std::size_t predictor, std::size_t chain, BitGen& bitgen, double* beta);

    std::vector<const ChainPosterior*> posteriors_;
    std::vector<const GaussianPrior*> priors_;
    AugmentedPass rows_;
    std::vector<FillKey> keys_;  // (chains)
    std::vector<Work> work_;     // (chains)
};

}  // namespace polyagamma
