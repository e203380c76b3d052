#pragma once

#include <memory>
#include <utility>

#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/gaussian_prior.hpp"
#include "terms/noncentered_prior.hpp"

namespace polyagamma {

class ShrinkagePrior;
class SpikeSlabPrior;

// A prior of coefficients that is Gaussian given its scales.
class Prior {
  public:
    virtual ~Prior() = default;

    // Of the coefficients, given the scales.
    virtual const GaussianPrior& conditional() const = 0;
    std::size_t size() const { return conditional().size(); }

    // Scales, which chains sample. A prior that has some gives every chain a copy; null, and all chains share
    // it, if it has none.
    virtual std::unique_ptr<Prior> for_chain() const { return nullptr; }
    // The values, as they are stored and traced; empty if there are none.
    virtual Vector scales() const { return {}; }
    virtual void set_scales(const double*) {}
    // Leaves p(scales | coefficients) invariant.
    virtual void update_scales(const double*, BitGen&) {}
    // Log prior density of the scales, plus as much of the log normaliser of the conditional prior as they
    // change.
    virtual double log_density_of_scales() const { return 0.0; }

    // The same in non-centred coordinates; null where there is no such form.
    virtual std::unique_ptr<NoncenteredPrior> noncentered(const Blas&) const { return nullptr; }

    // The prior of scales, if that is what it is, itself or of its first coefficients: samplers of their own
    // know more of it.
    virtual const ShrinkagePrior* shrinkage() const { return nullptr; }
    virtual ShrinkagePrior* shrinkage() { return nullptr; }
    // Likewise, the one of which coefficients may be 0.
    virtual const SpikeSlabPrior* spike_slab() const { return nullptr; }
};

// A Gaussian prior without scales to sample.
class FixedPrior final : public Prior {
  public:
    explicit FixedPrior(GaussianPrior prior) : prior_(std::move(prior)) {}
    const GaussianPrior& conditional() const override { return prior_; }
    // Where those of each predictor are independent.
    std::unique_ptr<NoncenteredPrior> noncentered(const Blas& blas) const override;

  private:
    GaussianPrior prior_;
};

// A prior, and a flat one of as many more coefficients, which follow: extras of a likelihood, whose prior is
// its own.
class ExtendedPrior final : public Prior {
  public:
    ExtendedPrior(std::shared_ptr<Prior> prior, std::size_t more);
    const GaussianPrior& conditional() const override { return extended_; }
    std::unique_ptr<Prior> for_chain() const override;
    Vector scales() const override { return prior_->scales(); }
    void set_scales(const double* scales) override;
    void update_scales(const double* coefficients, BitGen& bitgen) override;
    double log_density_of_scales() const override { return prior_->log_density_of_scales(); }
    // Of the prior alone.
    std::unique_ptr<NoncenteredPrior> noncentered(const Blas& blas) const override {
        return prior_->noncentered(blas);
    }
    const ShrinkagePrior* shrinkage() const override { return std::as_const(*prior_).shrinkage(); }
    ShrinkagePrior* shrinkage() override { return prior_->shrinkage(); }
    const SpikeSlabPrior* spike_slab() const override { return prior_->spike_slab(); }

  private:
    std::shared_ptr<Prior> prior_;
    std::size_t more_;
    GaussianPrior extended_;
};

}  // namespace polyagamma
