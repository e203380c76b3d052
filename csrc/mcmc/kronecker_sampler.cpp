#include "mcmc/kronecker_sampler.hpp"

#include <utility>

#include "mcmc/noncentered_sampler.hpp"
#include "terms/kronecker_prior.hpp"
#include "terms/tall_design.hpp"
#include "vi/kronecker_mode.hpp"

namespace polyagamma {

std::unique_ptr<Sampler> make_kronecker_sampler(const LinearModel& model, std::vector<BitGen*> bitgens,
                                                std::size_t tune, std::size_t threads) {
    const auto design = std::make_shared<TallDesign>(model);
    KroneckerMode mode;
    if (!find_kronecker_mode(model, *design, mode).ok()) return nullptr;
    auto prior = std::make_shared<KroneckerPrior>(model.prior.conditional(), std::move(mode.basis),
                                                  std::move(mode.coefficients), model.blas);
    return std::make_unique<NoncenteredSampler>(design, std::move(prior), model.blas, std::move(bitgens),
                                                tune, threads);
}

}  // namespace polyagamma
