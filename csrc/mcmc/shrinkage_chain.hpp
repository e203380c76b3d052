#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/collapsed_scales.hpp"
#include "mcmc/column_scaling.hpp"
#include "mcmc/scale_laws.hpp"
#include "mcmc/scale_transport.hpp"
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
        : rows(model.likelihood.padded()),
          gram(model.size()),
          columns{Vector(model.size()), Vector(model.size())} {}
    void aggregate(const ShrunkModel& model) { gram.assign(model, rows); }

    GaussianRows rows;
    ShrunkGram gram;
    ColumnPseudoData columns;  // about what it says of each column alone, whatever the scales are
};

// Acceptances of a sweep; NaN where it made no such move.
struct ShrinkageSweep {
    double trajectory, scales;
    double groups;  // of scales of groups, times what those proposals are worth
};

// How a sweep by the surrogate goes.
struct ShrinkageMoves {
    LeapfrogSettings leapfrog;
    std::size_t parts = 1;  // that local scales are proposed in
    // Whether scales of groups are drawn given coefficients too, local scales integrated out.
    bool groups_given_coefficients = true;
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

    // Local scales, then those of groups together with them, by surrogate transitions (Liu 2001, Monte Carlo
    // Strategies in Scientific Computing, section 9.4.3): γ = S L⁻ᵀ(w + u) moves with them and the noise u
    // stays, so that the excess of the rows alone decides; trajectories of u given the scales; columns with
    // their scales; scales of groups, if asked for, local scales and the slab given γ. Where local scales are
    // 1, or have no density, those of groups move without them, and then with their coefficients and given γ.
    Status move(const ShrinkageMoves& moves, bool learn, ShrinkageSweep& told);
    // Pólya-gamma data augmentation: γ given ω, scales given γ. `collapsed`: local scales given ω first.
    Status augment(bool collapsed, ShrinkageSweep& told);
    // Adds what the rows are like now to the sums for the next surrogate, and learns where the scales are.
    void see();
    // Adds what the surrogate says of each column, with the present scales of the others.
    void add_pseudo_data(ColumnPseudoData& sum);

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
        for (ScaleTransport& transport : transports_) transport.visit(visitor);
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
    void move_group_scales(bool learn, ShrinkageSweep& told);
    double move_group_scale(std::size_t group, bool learn);
    // The proposed factor's γ at the same u becomes the chain's with the probability told; `log_ratio` is
    // what the surrogate leaves to be decided.
    double decide(double log_ratio, bool& accepted);
    Status move_along(const ShrinkageMoves& moves, ShrinkageSweep& told);
    // These read the linear predictors alone of the rows, and then evaluate them.
    void scale_columns();
    void scale_groups();
    Status update_scales(bool of_groups);
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
    std::vector<ScaleTransport> transports_;  // of each group
    SeenRows seen_;
    std::unique_ptr<ShrunkSurrogate> pseudo_data_;  // of data augmentation
};

}  // namespace polyagamma
