#include "terms/prior.hpp"

#include <utility>

#include "likelihood/registry.hpp"
#include "terms/standardized_prior.hpp"

namespace polyagamma {
namespace {

// Precision: its diagonal, or the full matrix.
const Registry<Prior>::Entry kEntry("gaussian", {"mean", "precision"},
                                    [](std::size_t size,
                                       const std::vector<Vector>& arrays) -> std::unique_ptr<Prior> {
                                        const std::size_t given = arrays[1].size();
                                        if (arrays[0].size() != size ||
                                            (given != size && given != size * size))
                                            return nullptr;
                                        return std::make_unique<FixedPrior>(GaussianPrior(
                                            arrays[0].data(), arrays[1].data(), size, given == size));
                                    });

// The same for each of several predictors: `between` them (predictors, predictors), precision of one.
const Registry<Prior>::Entry kEntryOfPredictors(
    "gaussian_of_predictors", {"mean", "precision", "between"},
    [](std::size_t size, const std::vector<Vector>& arrays) -> std::unique_ptr<Prior> {
        std::size_t predictors = 1;
        while (predictors * predictors < arrays[2].size()) ++predictors;
        const std::size_t one = size / predictors, given = arrays[1].size();
        if (predictors * predictors != arrays[2].size() || predictors * one != size ||
            arrays[0].size() != size || (given != one && given != one * one))
            return nullptr;
        return std::make_unique<FixedPrior>(GaussianPrior(arrays[0].data(), arrays[1].data(), one,
                                                          given == one, arrays[2].data(), predictors));
    });

}  // namespace

std::unique_ptr<NoncenteredPrior> FixedPrior::noncentered(const Blas& blas) const {
    return prior_.diagonal() ? std::make_unique<StandardizedPrior>(prior_, blas) : nullptr;
}

ExtendedPrior::ExtendedPrior(std::shared_ptr<Prior> prior, std::size_t more)
    : prior_(std::move(prior)), more_(more), extended_(prior_->conditional().extended(more)) {}

std::unique_ptr<Prior> ExtendedPrior::for_chain() const {
    std::shared_ptr<Prior> own = prior_->for_chain();
    return own ? std::make_unique<ExtendedPrior>(std::move(own), more_) : nullptr;
}

void ExtendedPrior::set_scales(const double* scales) {
    prior_->set_scales(scales);
    extended_ = prior_->conditional().extended(more_);
}

void ExtendedPrior::update_scales(const double* coefficients, BitGen& bitgen) {
    prior_->update_scales(coefficients, bitgen);
    extended_ = prior_->conditional().extended(more_);
}

}  // namespace polyagamma
