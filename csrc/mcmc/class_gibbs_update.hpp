#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/chain_batch.hpp"
#include "random/bitgen.hpp"
#include "terms/gaussian_prior.hpp"

namespace polyagamma {

// Data augmentation of rows with several predictors, one after the other: ω of the predictor given the
// others, and its coefficients given ω (Polson, Scott and Windle 2013, section 3.3). A reference: what all
// predictors have in common moves slowly. In coordinates that are the coefficients themselves.
class ClassGibbsUpdate final : public Update {
  public:
    // `priors`: of the chains.
    ClassGibbsUpdate(const ChainBatch& batch, std::vector<const GaussianPrior*> priors);

    void run(Worker& worker, const Whitening& whitening, ChainBatch& batch) override;

  private:
    // Of one chain.
    struct Work {
        Vector eta;                   // (predictors, padded)
        Vector omega, shift;          // (padded)
        Vector gram, precision;       // (columns, columns), (k, k)
        Vector lanes, draw, normals;  // (columns, kPanelRows), (columns), (columns)
        Vector of_prior;              // (k)
    };

    Status draw(const Whitening& whitening, std::size_t predictor, Work& work,
                const ChainPosterior& posterior, const GaussianPrior& prior, BitGen& bitgen,
                double* beta) const;

    std::vector<const GaussianPrior*> priors_;
    std::vector<Work> work_;  // (chains)
};

}  // namespace polyagamma
