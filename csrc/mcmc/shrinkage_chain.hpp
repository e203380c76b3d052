#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/collapsed_scales.hpp"
#include "mcmc/column_scaling.hpp"
#include "mcmc/proposals.hpp"
#include "mcmc/seen_rows.hpp"
#include "mcmc/step_size.hpp"
#include "random/bitgen.hpp"
#include "terms/shrinkage_prior.hpp"
#include "terms/shrunk_factor.hpp"
#include "terms/shrunk_model.hpp"

namespace polyagamma {

// The Gaussian approximation of the likelihood that all chains propose with.
struct ShrunkSurrogate {
    explicit ShrunkSurrogate(const ShrunkModel& model)
        : rows(model.likelihood.padded()), gram(model.size()) {}
    void aggregate(const ShrunkModel& model) { gram.assign(model, rows); }

    GaussianRows rows;
    ShrunkGram gram;
};

// Acceptances of a sweep; NaN where it made no such move.
struct ShrinkageSweep {
    double trajectory, scales;
};

// How a sweep by the surrogate goes.
struct ShrinkageMoves {
    LeapfrogSettings leapfrog;
    std::size_t trajectories = 1;
    std::size_t parts = 1;  // that local scales are proposed in
};

// A chain of a linear model with a prior of scales: deviations γ, scales, what the likelihood samples itself.
// Its sweeps are exact whatever the surrogate is.
class ShrinkageChain {
  public:
    ShrinkageChain(const ShrunkModel& model, const ShrunkSurrogate& surrogate, BitGen& bitgen);

    // Scales near those of the prior and γ = 0; or coefficients and extras given by the caller.
    Status start();
    Status start_at(const double* coefficients, const double* extras);
    // What follows from γ and scales, with the present surrogate.
    Status rebuild();

    // Local scales, then those of groups, by surrogate transitions (Liu 2001, Monte Carlo Strategies in
    // Scientific Computing, section 9.4.3): γ = S L⁻ᵀ(w + u) moves with them and the noise u stays, so that
    // the excess of the rows alone decides; trajectories of u given the scales; scales given γ.
    Status move(const ShrinkageMoves& moves, bool learn, ShrinkageSweep& told);
    // Pólya-gamma data augmentation: γ given ω, scales given γ. `collapsed`: local scales given ω first.
    Status augment(bool collapsed, ShrinkageSweep& told);
    // Adds what the rows are like now to the sums for the next surrogate.
    void see_rows();

    double log_density() const;
    void coefficients(double* out) const;
    const ShrinkagePrior& prior() const { return prior_; }
    const Vector& extras() const { return extras_; }
    SeenRows& seen() { return seen_; }
    ColumnScaling& columns() { return columns_; }

    // Visits all that the future depends on, as ranges of numbers; then `restored` reads back the scales.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        scales_ = stored_scales();
        for (Vector* part : {&gamma_, &u_, &scales_, &extras_}) visitor(part->data(), part->size());
        seen_.visit(visitor);
        columns_.visit(visitor);
        for (RandomWalk& walk : walks_) visitor(walk.state().data(), walk.state().size());
    }
    void restored();

  private:
    struct Space;
    const Likelihood& likelihood() const { return own_ ? *own_ : model_->likelihood; }
    void evaluate(const Vector& gamma, RowsWanted wanted, ShrunkRowsAt& out) const;
    void update_extras();
    Vector stored_scales() const;
    Vector variances() const;
    bool moves_local_scales() const;
    // In a random order, so that the sweep is reversible.
    std::vector<std::size_t> shuffled() const;
    double move_local_scales(std::size_t parts);
    double move_part(const std::vector<std::size_t>& columns);
    double move_group_scale(std::size_t group, bool learn);
    // The proposed factor's γ at the same u becomes the chain's with the probability told; `log_ratio` is
    // what the surrogate leaves to be decided.
    double decide(double log_ratio, bool& accepted);
    Status move_along(const ShrinkageMoves& moves, ShrinkageSweep& told);
    void scale_groups();  // reads the linear predictors alone of the rows, and then evaluates them
    Status update_scales();
    void draw_pseudo_data();

    const ShrunkModel* model_;
    const ShrunkSurrogate* surrogate_;
    BitGen* bitgen_;
    std::unique_ptr<Likelihood> own_;
    ShrinkagePrior prior_;
    Vector gamma_, u_, extras_, scales_;
    ShrunkFactor factor_, proposed_;
    CollapsedScales collapsed_;
    ColumnScaling columns_;
    ShrunkRowsAt rows_, rows_proposed_;
    std::vector<RandomWalk> walks_;  // of log τ of each group
    SeenRows seen_;
    std::unique_ptr<ShrunkSurrogate> pseudo_data_;  // of data augmentation
};

}  // namespace polyagamma
