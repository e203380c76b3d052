#include "mcmc/additive_chain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "linalg/dense.hpp"
#include "mcmc/excess_motion.hpp"
#include "mcmc/pseudo_rows.hpp"
#include "mcmc/split_hmc.hpp"
#include "random/normals.hpp"
#include "random/slice.hpp"

namespace polyagamma {
namespace {

// Of the steps of θ in a sweep, the share of independent proposals; walks are for where these stick, in the
// tails of skewed scales.
constexpr double kJumps = 0.7;

}  // namespace

AdditiveChain::AdditiveChain(const AdditiveModel& model, const AdditiveSurrogate& surrogate, BitGen& bitgen)
    : model_(&model),
      surrogate_(&surrogate),
      bitgen_(&bitgen),
      own_(model.likelihood.for_chain()),
      x_(model.design.size()),
      u_(model.design.size()),
      theta_(model.prior.theta_size()),
      extras_(model.likelihood.extras()),
      anchor_(theta_),
      factor_(model.design, model.prior, model.blas),
      inner_(model.design, model.prior, model.blas),
      proposed_(model.design, model.prior, model.blas),
      rows_(model),
      rows_proposed_(model),
      walk_(theta_.size()),
      jumps_(theta_.size()),
      candidate_(theta_.size()),
      seen_(model.likelihood.padded()) {
    for (const EffectBlock& block : model.prior.blocks())
        if (block.scales) rescalings_.insert(rescalings_.end(), block.columns, RandomWalk(1));
}

void AdditiveChain::evaluate(const Vector& x, RowsAt& out) const {
    evaluate_rows(*model_, likelihood(), extras_.data(), surrogate_->rows, x.data(), out);
    if (anchor_ != theta_)
        out.excess +=
            model_->prior.add_difference(theta_.data(), anchor_.data(), x.data(), out.gradient.data());
}

Status AdditiveChain::start(const Vector& theta) {
    theta_ = anchor_ = theta;
    if (const Status status = factor_.assign(surrogate_->gram, theta_.data()); !status.ok()) return status;
    fill_normals(*bitgen_, u_.data(), u_.size());
    factor_.effects(u_.data(), x_.data());
    evaluate(x_, rows_);
    return check_finite(&rows_.log_likelihood, 1);
}

Status AdditiveChain::start_at(const double* x, const double* theta, const double* extras) {
    std::copy_n(x, x_.size(), x_.begin());
    std::copy_n(theta, theta_.size(), theta_.begin());
    std::copy_n(extras, extras_.size(), extras_.begin());
    return anchor_at(theta_);
}

Status AdditiveChain::anchor_at(const Vector& anchor) {
    anchor_ = anchor;
    if (const Status status = factor_.assign(surrogate_->gram, anchor_.data()); !status.ok()) return status;
    factor_.whiten(x_.data(), u_.data());
    evaluate(x_, rows_);
    return check_finite(&rows_.log_likelihood, 1);
}

Status AdditiveChain::rebuild() {
    evaluate(x_, rows_);
    return factor_.assign(surrogate_->gram, anchor_.data());
}

// Of trajectories of u given θ.
struct AdditiveChain::Space {
    AdditiveChain& chain;
    void point(const double* u, double* x) { chain.factor_.effects(u, x); }
    void pull_back(double* h) { chain.factor_.pull_back(h); }
    void evaluate(const Vector& x, bool) { chain.evaluate(x, chain.rows_proposed_); }
};

Status AdditiveChain::move_with_scales(const LeapfrogSettings& settings, bool learn, AdditiveSweep& told) {
    if (!extras_.empty()) {
        update_extras();
        evaluate(x_, rows_);
    }
    if (const Status status = move(settings, told); !status.ok()) return status;
    move_scales(learn, told);
    return {};
}

Status AdditiveChain::move_anchored(const LeapfrogSettings& settings, bool learn, AdditiveSweep& told) {
    update_extras();
    slice_scales();
    evaluate(x_, rows_);
    rescale_effects(learn);
    told.scales_acceptance = 1.0;
    return move(settings, told);
}

Status AdditiveChain::move(const LeapfrogSettings& settings, AdditiveSweep& told) {
    const double angle = spread_angle(settings.step_size, *bitgen_);
    const double level = bitgen_->next_double(bitgen_->state);
    ExcessMotion<RowsAt, Space> motion({*this}, {u_, x_, rows_, rows_proposed_}, *bitgen_, angle, level);
    const Status status = leapfrog(motion, settings.steps);
    told.acceptance = motion.acceptance();
    return status;
}

void AdditiveChain::update_extras() {
    if (!extras_.empty()) own_->update_extras(rows_.eta.data(), extras_.data(), *bitgen_);
}

// A surrogate transition (Liu 2001, Monte Carlo Strategies in Scientific Computing, section 9.4.3): the steps
// of θ, the noise u kept, are reversible for p(θ) Z(θ), so that the excess of the rows alone decides.
void AdditiveChain::move_scales(bool learn, AdditiveSweep& told) {
    told.scales_acceptance = std::numeric_limits<double>::quiet_NaN();
    if (theta_.empty()) return;
    Vector theta = theta_, x(x_.size());
    const ArrowFactor* reached = &factor_;
    step_scales(surrogate_->gram, learn, theta, reached);
    told.scales_acceptance = 1.0;
    if (reached != &factor_) {
        reached->effects(u_.data(), x.data());
        evaluate(x, rows_proposed_);
        told.scales_acceptance = acceptance_probability(rows_.excess - rows_proposed_.excess);
        if (bitgen_->next_double(bitgen_->state) < told.scales_acceptance) {
            std::swap(factor_, inner_);
            std::swap(theta_, theta);
            anchor_ = theta_;
            std::swap(x_, x);
            std::swap(rows_, rows_proposed_);
        }
    }
    if (learn) jumps_.see(theta_);
}

double AdditiveChain::step_scales(const AdditiveGram& gram, bool learn, Vector& theta,
                                  const ArrowFactor*& factor) {
    double sum = 0.0;
    for (std::size_t i = 0; i < kInnerSteps; ++i) {
        const bool jump = jumps_.ready() && bitgen_->next_double(bitgen_->state) < kJumps;
        Proposal& proposal = jump ? static_cast<Proposal&>(jumps_) : walk_;
        const double acceptance = step(gram, proposal, theta, factor);
        if (learn) proposal.learn(acceptance);
        sum += acceptance;
    }
    return sum / static_cast<double>(kInnerSteps);
}

// The probability of acceptance; once accepted, `factor` is inner_.
double AdditiveChain::step(const AdditiveGram& gram, Proposal& proposal, Vector& theta,
                           const ArrowFactor*& factor) {
    proposal.propose(theta, *bitgen_, candidate_);
    const double level = bitgen_->next_double(bitgen_->state);
    const double prior = model_->prior.log_prior(candidate_.data());
    if (!std::isfinite(prior) || !proposed_.assign(gram, candidate_.data()).ok()) return 0.0;
    const double ratio = prior + proposed_.log_normalizer() - model_->prior.log_prior(theta.data()) -
                         factor->log_normalizer() + proposal.log_ratio(theta, candidate_);
    const double acceptance = acceptance_probability(-ratio);
    if (level < acceptance) {
        std::swap(inner_, proposed_);
        std::swap(theta, candidate_);
        factor = &inner_;
    }
    return acceptance;
}

void AdditiveChain::draw_pseudo_data() {
    if (!pseudo_data_) pseudo_data_ = std::make_unique<AdditiveSurrogate>(*model_);
    draw_pseudo_rows(*likelihood().polya_gamma(), rows_.eta, model_->offset, model_->design.rows(), *bitgen_,
                     pseudo_data_->rows);
    pseudo_data_->aggregate();
}

Status AdditiveChain::augment(bool learn, AdditiveSweep& told) {
    told = {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    update_extras();
    draw_pseudo_data();
    if (const Status status = inner_.assign(pseudo_data_->gram, theta_.data()); !status.ok()) return status;
    const ArrowFactor* reached = &inner_;
    if (!theta_.empty()) told.scales_acceptance = step_scales(pseudo_data_->gram, learn, theta_, reached);
    fill_normals(*bitgen_, u_.data(), u_.size());
    inner_.effects(u_.data(), x_.data());
    slice_scales();
    if (learn && !theta_.empty()) jumps_.see(theta_);
    anchor_ = theta_;  // no trajectory follows
    evaluate(x_, rows_);
    return check_finite(&rows_.log_likelihood, 1);
}

// Coordinate by coordinate, by slice sampling: given Σ x_l x_lᵀ no level is looked at.
void AdditiveChain::slice_scales() {
    constexpr double kWidth = 1.0;
    for (std::size_t k = 0; k < model_->prior.blocks().size(); ++k) {
        const EffectBlock& block = model_->prior.blocks()[k];
        if (!block.scales) continue;
        const std::size_t q = block.columns;
        double* theta = &theta_[model_->prior.first_theta(k)];
        Vector products(q * q), lambda(q * q);
        model_->prior.cross_products(k, x_.data(), products.data());
        for (std::size_t j = 0; j < block.scales->size(); ++j) {
            const auto log_density = [&](double value) {
                const double before = std::exchange(theta[j], value);
                double sum = block.scales->log_prior(theta);
                if (std::isfinite(sum)) {
                    sum += 0.5 * static_cast<double>(block.levels) *
                           block.scales->precision(theta, lambda.data());
                    sum -= 0.5 * dot(lambda.data(), products.data(), q * q);
                }
                theta[j] = before;
                return sum;
            };
            theta[j] = slice_step(theta[j], kWidth, log_density, *bitgen_);
        }
    }
}

void AdditiveChain::rescale_effects(bool learn) {
    bool moved = false;
    RandomWalk* walk = rescalings_.data();
    for (std::size_t k = 0; k < model_->prior.blocks().size(); ++k) {
        if (!model_->prior.blocks()[k].scales) continue;
        for (std::size_t a = 0; a < model_->prior.blocks()[k].columns; ++a)
            moved = rescale(k, a, *walk++, learn) || moved;
    }
    if (moved) factor_.whiten(x_.data(), u_.data());
}

// Given x/s the rows alone depend on s.
bool AdditiveChain::rescale(std::size_t block, std::size_t column, RandomWalk& walk, bool learn) {
    const std::size_t first = model_->prior.first(block), stride = model_->prior.blocks()[block].columns;
    const std::size_t at = model_->prior.first_theta(block) + column;
    Vector x = x_, log_s{theta_[at]}, proposed(1);
    const Vector theta = theta_;
    const double prior = model_->prior.log_prior(theta_.data());
    walk.propose(log_s, *bitgen_, proposed);
    const double level = bitgen_->next_double(bitgen_->state);
    const double ratio = std::exp(proposed[0] - log_s[0]);
    for (std::size_t i = first + column; i < first + model_->prior.blocks()[block].size(); i += stride)
        x[i] *= ratio;
    theta_[at] = proposed[0];
    evaluate(x, rows_proposed_);
    const double acceptance = acceptance_probability(prior - model_->prior.log_prior(theta_.data()) +
                                                     rows_.log_likelihood - rows_proposed_.log_likelihood);
    if (learn) walk.learn(acceptance);
    const bool accepted = level < acceptance;
    if (accepted) {
        std::swap(x_, x);
        std::swap(rows_, rows_proposed_);
    } else {
        theta_ = theta;
    }
    return accepted;
}

void AdditiveChain::see_rows() {
    seen_.add(row_curves(likelihood(), extras_.data(), rows_.eta), rows_.eta, model_->offset,
              model_->design.rows());
}

double AdditiveChain::log_density() const {
    double sum = rows_.log_likelihood + model_->prior.log_density(theta_.data(), x_.data());
    if (!extras_.empty()) {
        Vector of_extras(extras_.size());
        sum += likelihood().log_density_of_extras(extras_.data(), of_extras.data());
    }
    return sum;
}

}  // namespace polyagamma
