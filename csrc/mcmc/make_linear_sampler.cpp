#include "mcmc/make_linear_sampler.hpp"

#include <utility>

#include "mcmc/kronecker_sampler.hpp"
#include "mcmc/noncentered_sampler.hpp"
#include "mcmc/shrinkage_sampler.hpp"
#include "mcmc/spike_slab_sampler.hpp"
#include "terms/wide_design.hpp"

namespace polyagamma {

bool reduces(const LinearModel& model) {
    return model.prior.size() > model.design.n && model.prior.scales().empty() &&
           model.likelihood.extras() == 0 && model.likelihood.predictors() == 1;
}

bool factorises(std::size_t coefficients, std::size_t predictors) {
    constexpr std::size_t kMostOfSquare = 2000;
    return predictors > 1 && coefficients > kMostOfSquare;
}

namespace {

// Whether coefficients should move with their scales, which more coefficients than rows say little about.
bool moves_with_scales(const LinearModel& model, TransitionKernel kernel) {
    return kernel != TransitionKernel::gibbs && model.prior.shrinkage() != nullptr &&
           model.likelihood.predictors() == 1 && model.prior.size() > model.design.n;
}

bool moves_by_factors(const LinearModel& model, TransitionKernel kernel) {
    return kernel != TransitionKernel::gibbs && model.distant == nullptr && model.prior.scales().empty() &&
           model.likelihood.extras() == 0 && factorises(model.prior.size(), model.likelihood.predictors());
}

}  // namespace

std::unique_ptr<Sampler> make_linear_sampler(const LinearModel& model, const RowSpaceModel* row_space,
                                             std::vector<BitGen*> bitgens,
                                             const LinearSampler::Options& options) {
    if (moves_with_scales(model, options.kernel)) {
        if (std::shared_ptr<NoncenteredPrior> prior = model.prior.noncentered(model.blas))
            return std::make_unique<NoncenteredSampler>(std::make_shared<WideDesign>(model), std::move(prior),
                                                        model.blas, std::move(bitgens), options.tune,
                                                        options.threads);
    }
    if (SpikeSlabSampler::suits(model)) return std::make_unique<SpikeSlabSampler>(model, std::move(bitgens));
    if (ShrinkageSampler::suits(model)) {
        const ShrinkageSampler::Options own{options.kernel, options.tune};
        return std::make_unique<ShrinkageSampler>(model, std::move(bitgens), own);
    }
    if (moves_by_factors(model, options.kernel)) {
        // Null: the search for the mode fails, which the other sampler has words for.
        if (auto sampler = make_kronecker_sampler(model, bitgens, options.tune, options.threads))
            return sampler;
    }
    LinearSampler::Options chosen = options;
    // Local scales go to zero: no trajectory in coordinates of a mode follows coefficients there.
    if (model.prior.shrinkage() != nullptr && model.likelihood.augments())
        chosen.kernel = TransitionKernel::gibbs;
    return std::make_unique<LinearSampler>(row_space ? row_space->reduced() : model, row_space,
                                           std::move(bitgens), chosen);
}

}  // namespace polyagamma
