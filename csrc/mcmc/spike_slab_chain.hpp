#pragma once

#include <cstddef>
#include <memory>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/included_columns.hpp"
#include "mcmc/indicator_update.hpp"
#include "random/bitgen.hpp"
#include "terms/additive_rows.hpp"
#include "terms/centred_rows.hpp"
#include "terms/spike_slab_prior.hpp"

namespace polyagamma {

// A chain of a linear model with a spike-and-slab prior. A sweep is a few rounds, and a move of each
// coefficient that is in. A round is Pólya-gamma data augmentation and a scale
// move: what the likelihood samples itself; ω; which coefficients are in the model; these; τ and π.
class SpikeSlabChain {
  public:
    SpikeSlabChain(const CentredRows& rows, const SpikeSlabPrior& prior, const IndicatorUpdate& indicators,
                   BitGen& bitgen);

    // A few columns in, at coefficients of the prior's means or of 0; or coefficients and extras given by the
    // caller, those in that are not 0.
    Status start();
    Status start_at(const double* coefficients, const double* extras);
    // The linear predictors that follow from the coefficients.
    Status rebuild();
    Status sweep();

    double log_density() const;
    void coefficients(double* out) const;
    const SpikeSlabPrior& prior() const { return prior_; }
    const Vector& extras() const { return extras_; }

    // Visits all that the future depends on, as ranges of numbers; then `restored` reads back the scales.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        scales_ = prior_.scales();
        for (Vector* part : {&gamma_, &scales_, &extras_}) visitor(part->data(), part->size());
    }
    void restored() { prior_.set_scales(scales_.data()); }

  private:
    const Likelihood& likelihood() const { return own_ ? *own_ : model_->likelihood; }
    Status make_round();
    // Which are in, and all of them, given ω.
    Status move_coefficients();
    // Those with a spike and τ, if it is sampled, by one factor, ω integrated out.
    void scale_effects();

    const CentredRows* model_;
    const IndicatorUpdate* indicators_;
    BitGen* bitgen_;
    std::unique_ptr<Likelihood> own_;
    SpikeSlabPrior prior_;
    Vector gamma_, extras_, scales_;
    Vector eta_;  // of the padded rows
    double log_likelihood_ = 0.0;
    GaussianRows pseudo_data_;
    IncludedColumns included_;
};

}  // namespace polyagamma
