#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/proposals.hpp"
#include "mcmc/seen_rows.hpp"
#include "mcmc/step_size.hpp"
#include "random/bitgen.hpp"
#include "terms/additive_gram.hpp"
#include "terms/additive_model.hpp"
#include "terms/additive_rows.hpp"
#include "terms/arrow_factor.hpp"

namespace polyagamma {

// The Gaussian approximation of the likelihood that all chains propose with, and what its pseudo-data add up
// to.
struct AdditiveSurrogate {
    explicit AdditiveSurrogate(const AdditiveModel& model)
        : rows(model.likelihood.padded()), gram(model.design) {}
    void aggregate() { gram.assign(rows.precision.data(), rows.linear.data()); }

    GaussianRows rows;
    AdditiveGram gram;
};

// What a sweep did.
struct AdditiveSweep {
    double acceptance;         // of the trajectory; NaN if there was none
    double scales_acceptance;  // of the scales' step
};

// A chain of an additive model: coordinates x, scales θ, what the likelihood samples itself. Its sweeps are
// exact whatever the surrogate is.
class AdditiveChain {
  public:
    static constexpr std::size_t kInnerSteps = 6;  // of θ in a sweep

    AdditiveChain(const AdditiveModel& model, const AdditiveSurrogate& surrogate, BitGen& bitgen);

    // θ, and x at random given the surrogate; or given by the caller.
    Status start(const Vector& theta);
    Status start_at(const double* x, const double* theta, const double* extras);
    // Other coordinates of the same x: those of `anchor`, with the present surrogate. What follows from a
    // restored state.
    Status anchor_at(const Vector& anchor);
    Status rebuild();

    // A trajectory of x, θ by a surrogate transition.
    Status move_with_scales(const LeapfrogSettings& settings, bool learn, AdditiveSweep& told);
    // θ given x and given x/s (Yu and Meng 2011, J. Comput. Graph. Stat. 20, 531: where data say little about
    // x the one is stuck, where they say much the other), then a trajectory of x in the coordinates of the
    // anchor, a θ that warm-up has chosen. No matrix is factored.
    Status move_anchored(const LeapfrogSettings& settings, bool learn, AdditiveSweep& told);
    // Pólya-gamma data augmentation, θ collapsed over x and then given x.
    Status augment(bool learn, AdditiveSweep& told);
    // Adds what the rows are like now to the sums for the next surrogate.
    void see_rows();

    double log_density() const;
    const Vector& x() const { return x_; }
    const Vector& theta() const { return theta_; }
    const Vector& extras() const { return extras_; }
    // Since the last time that chains were pooled.
    SeenRows& seen() { return seen_; }

    // Visits all that the future depends on, as ranges of numbers.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (Vector* part : {&x_, &u_, &theta_, &anchor_, &extras_}) visitor(part->data(), part->size());
        seen_.visit(visitor);
        visitor(walk_.state().data(), walk_.state().size());
        jumps_.visit(visitor);
        for (RandomWalk& walk : rescalings_) visitor(walk.state().data(), walk.state().size());
    }

  private:
    struct Space;
    const Likelihood& likelihood() const { return own_ ? *own_ : model_->likelihood; }
    void evaluate(const Vector& x, RowsAt& out) const;
    void update_extras();  // the rows are to be evaluated after it
    Status move(const LeapfrogSettings& settings, AdditiveSweep& told);
    void move_scales(bool learn, AdditiveSweep& told);
    // Metropolis steps that leave p(θ) Z(θ) invariant, Z that of `gram`, from θ whose factor is given: on
    // return the factor of where they end, inner_ if they moved. The mean acceptance.
    double step_scales(const AdditiveGram& gram, bool learn, Vector& theta, const ArrowFactor*& factor);
    double step(const AdditiveGram& gram, Proposal& proposal, Vector& theta, const ArrowFactor*& factor);
    void draw_pseudo_data();
    // θ given x.
    void slice_scales();
    // Standard deviations and, in proportion, their effects.
    void rescale_effects(bool learn);
    bool rescale(std::size_t block, std::size_t column, RandomWalk& walk, bool learn);

    const AdditiveModel* model_;
    const AdditiveSurrogate* surrogate_;
    BitGen* bitgen_;
    std::unique_ptr<Likelihood> own_;
    Vector x_, u_, theta_, extras_;
    Vector anchor_;  // θ of factor_
    ArrowFactor factor_, inner_, proposed_;
    RowsAt rows_, rows_proposed_;
    RandomWalk walk_;
    IndependentProposal jumps_;
    std::vector<RandomWalk> rescalings_;  // of each standard deviation
    Vector candidate_;
    SeenRows seen_;
    std::unique_ptr<AdditiveSurrogate> pseudo_data_;  // of data augmentation
};

}  // namespace polyagamma
