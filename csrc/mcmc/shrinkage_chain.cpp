#include "mcmc/shrinkage_chain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "linalg/dense.hpp"
#include "mcmc/excess_motion.hpp"
#include "mcmc/group_scaling.hpp"
#include "mcmc/pseudo_rows.hpp"
#include "mcmc/split_hmc.hpp"
#include "random/normals.hpp"
#include "random/variates.hpp"

namespace polyagamma {
namespace {

constexpr double kSpread = 0.5;  // of logarithms of scales at the start
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

ShrinkageChain::ShrinkageChain(const ShrunkModel& model, const ShrunkSurrogate& surrogate, BitGen& bitgen)
    : model_(&model),
      surrogate_(&surrogate),
      bitgen_(&bitgen),
      own_(model.likelihood.for_chain()),
      prior_(model.prior),
      gamma_(model.size()),
      u_(model.size()),
      extras_(model.likelihood.extras()),
      factor_(model.size(), model.blas),
      proposed_(factor_),
      collapsed_(model.blas, bitgen),
      columns_(model),
      rows_(model),
      rows_proposed_(model),
      seen_(model.likelihood.padded()) {
    for (std::size_t g = 0; g < prior_.groups(); ++g)
        transports_.emplace_back(prior_, g, moves_local_scales());
}

void ShrinkageChain::evaluate(const Vector& gamma, RowsWanted wanted, ShrunkRowsAt& out) const {
    evaluate_rows(*model_, likelihood(), extras_.data(), surrogate_->rows, gamma.data(), wanted, out);
}

Status ShrinkageChain::start() {
    for (std::size_t g = 0; g < prior_.groups(); ++g)
        prior_.set_tau(g, prior_.tau0()[g] * std::exp(kSpread * normal_variate(*bitgen_)));
    if (!prior_.local().fixed())
        for (const std::size_t j : prior_.shrunk())
            prior_.set_square(j, std::exp(2.0 * kSpread * normal_variate(*bitgen_)));
    return rebuild();
}

Status ShrinkageChain::start_at(const double* coefficients, const double* extras) {
    for (std::size_t j = 0; j < gamma_.size(); ++j) gamma_[j] = coefficients[j] - prior_.columns().mean[j];
    std::copy_n(extras, extras_.size(), extras_.begin());
    prior_.update_scales(coefficients, *bitgen_);
    return rebuild();
}

Status ShrinkageChain::rebuild() {
    if (const Status status = factor_.assign(surrogate_->gram, variances()); !status.ok()) return status;
    factor_.whiten(gamma_.data(), u_.data());
    evaluate(gamma_, RowsWanted::value, rows_);
    return check_finite(&rows_.log_likelihood, 1);
}

Vector ShrinkageChain::stored_scales() const {
    Vector stored;
    for (std::size_t g = 0; g < prior_.groups(); ++g) stored.push_back(prior_.tau(g));
    stored.push_back(prior_.slab());
    stored.insert(stored.end(), prior_.squares().begin(), prior_.squares().end());
    return stored;
}

void ShrinkageChain::restored() {
    const double* stored = scales_.data();
    for (std::size_t g = 0; g < prior_.groups(); ++g) prior_.set_tau(g, *stored++);
    if (prior_.has_slab()) prior_.set_slab(*stored);
    prior_.set_squares(Vector(stored + 1, stored + 1 + prior_.squares().size()));
}

Vector ShrinkageChain::variances() const {
    Vector all(gamma_.size());
    for (std::size_t j = 0; j < all.size(); ++j) all[j] = prior_.variance(j);
    return all;
}

void ShrinkageChain::coefficients(double* out) const {
    for (std::size_t j = 0; j < gamma_.size(); ++j) out[j] = prior_.columns().mean[j] + gamma_[j];
}

void ShrinkageChain::update_extras() {
    if (!extras_.empty()) own_->update_extras(rows_.eta.data(), extras_.data(), *bitgen_);
}

bool ShrinkageChain::moves_local_scales() const {
    return prior_.local().has_density() && !prior_.local().fixed();
}

Status ShrinkageChain::move(const ShrinkageMoves& moves, bool learn, ShrinkageSweep& told) {
    if (!extras_.empty()) {
        update_extras();
        evaluate(gamma_, RowsWanted::value, rows_);
    }
    const bool local = moves_local_scales();
    told.scales = local ? move_local_scales(moves.parts) : 0.0;
    move_group_scales(learn, told);
    if (const Status status = move_along(moves, told); !status.ok()) return status;
    local ? scale_columns() : scale_groups();
    return update_scales(!local || moves.groups_given_coefficients);
}

std::vector<std::size_t> ShrinkageChain::shuffled() const {
    std::vector<std::size_t> order(prior_.shrunk());
    shuffle(order, *bitgen_);
    return order;
}

double ShrinkageChain::move_local_scales(std::size_t parts) {
    const std::vector<std::size_t> order = shuffled();
    double sum = 0.0;
    for (std::size_t part = 0; part < parts; ++part) {
        const auto at = [&](std::size_t index) {
            return order.begin() + static_cast<std::ptrdiff_t>(index * order.size() / parts);
        };
        sum += move_part({at(part), at(part + 1)});
    }
    return sum / static_cast<double>(parts);
}

double ShrinkageChain::move_part(const std::vector<std::size_t>& columns) {
    const Vector before = prior_.squares();
    collapsed_.update(surrogate_->gram, factor_, columns, prior_);
    bool accepted = false;
    const bool proper = proposed_.assign(surrogate_->gram, variances()).ok();
    const double acceptance = proper ? decide(0.0, accepted) : 0.0;
    if (!accepted) prior_.set_squares(before);
    return acceptance;
}

void ShrinkageChain::move_group_scales(bool learn, ShrinkageSweep& told) {
    told.groups = 0.0;
    for (std::size_t g = 0; g < prior_.groups(); ++g) {
        const double reach = transports_[g].reach();
        const double share = move_group_scale(g, learn) / static_cast<double>(prior_.groups());
        told.groups += share * reach;
        if (!moves_local_scales()) told.scales += share;
    }
}

double ShrinkageChain::move_group_scale(std::size_t group, bool learn) {
    const double tau = prior_.tau(group);
    const Vector squares = prior_.squares();
    bool accepted = false;
    const double of_scales = transports_[group].propose(surrogate_->columns, prior_, *bitgen_);
    double acceptance = 0.0;
    if (std::isfinite(of_scales) && proposed_.assign(surrogate_->gram, variances()).ok())
        acceptance = decide(of_scales + proposed_.log_normalizer() - factor_.log_normalizer(), accepted);
    if (!accepted) {
        prior_.set_tau(group, tau);
        prior_.set_squares(squares);
    }
    if (learn) transports_[group].learn(acceptance);
    return acceptance;
}

double ShrinkageChain::decide(double log_ratio, bool& accepted) {
    Vector gamma(gamma_.size());
    const double level = uniform_variate(*bitgen_);
    proposed_.coefficients(u_.data(), gamma.data());
    evaluate(gamma, RowsWanted::value, rows_proposed_);
    const double acceptance = acceptance_probability(rows_.excess - rows_proposed_.excess - log_ratio);
    accepted = level < acceptance;
    if (accepted) {
        std::swap(factor_, proposed_);
        std::swap(gamma_, gamma);
        std::swap(rows_, rows_proposed_);
    }
    return acceptance;
}

// Of trajectories of u given the scales.
struct ShrinkageChain::Space {
    ShrinkageChain& chain;
    void point(const double* u, double* gamma) { chain.factor_.coefficients(u, gamma); }
    void pull_back(double* h) { chain.factor_.pull_back(h); }
    void evaluate(const Vector& gamma, bool last) {
        chain.evaluate(gamma, last ? RowsWanted::value_and_gradient : RowsWanted::gradient,
                       chain.rows_proposed_);
    }
};

Status ShrinkageChain::move_along(const ShrinkageMoves& moves, ShrinkageSweep& told) {
    complete_gradient(*model_, rows_);
    const double angle = spread_angle(moves.leapfrog.step_size, *bitgen_);
    const double level = uniform_variate(*bitgen_);
    ExcessMotion<ShrunkRowsAt, Space> motion({*this}, {u_, gamma_, rows_, rows_proposed_}, *bitgen_, angle,
                                             level);
    if (const Status status = leapfrog(motion, moves.leapfrog.steps); !status.ok()) return status;
    told.trajectory = motion.acceptance();
    return {};
}

void ShrinkageChain::scale_columns() {
    if (columns_.move(*likelihood().polya_gamma(), prior_, gamma_, rows_.eta, *bitgen_))
        evaluate(gamma_, RowsWanted::value, rows_);
}

void ShrinkageChain::scale_groups() {
    for (std::size_t g = 0; g < prior_.groups(); ++g) {
        GroupScaling scaling(*model_, g);
        scaling.move(likelihood(), extras_.data(), rows_.eta, prior_, gamma_, *bitgen_);
        evaluate(gamma_, RowsWanted::value, rows_);
    }
}

// Given γ, and the factor of the new ones.
Status ShrinkageChain::update_scales(bool of_groups) {
    Vector beta(gamma_.size());
    coefficients(beta.data());
    of_groups ? prior_.update_scales(beta.data(), *bitgen_)
              : prior_.update_scales_given_tau(beta.data(), *bitgen_);
    if (const Status status = factor_.assign(surrogate_->gram, variances()); !status.ok()) return status;
    factor_.whiten(gamma_.data(), u_.data());
    return {};
}

void ShrinkageChain::draw_pseudo_data() {
    if (!pseudo_data_) pseudo_data_ = std::make_unique<ShrunkSurrogate>(*model_);
    draw_pseudo_rows(*likelihood().polya_gamma(), rows_.eta, model_->offset, model_->likelihood.rows(),
                     *bitgen_, pseudo_data_->rows);
    pseudo_data_->aggregate(*model_);
}

Status ShrinkageChain::augment(bool collapsed, ShrinkageSweep& told) {
    told = {kNone, kNone, kNone};
    update_extras();
    draw_pseudo_data();
    const ShrunkGram& gram = pseudo_data_->gram;
    if (const Status status = factor_.assign(gram, variances()); !status.ok()) return status;
    if (collapsed && moves_local_scales()) {
        collapsed_.update(gram, factor_, shuffled(), prior_);
        if (const Status status = factor_.assign(gram, variances()); !status.ok()) return status;
    }
    fill_normals(*bitgen_, u_.data(), u_.size());
    factor_.coefficients(u_.data(), gamma_.data());
    Vector beta(gamma_.size());
    coefficients(beta.data());
    prior_.update_scales(beta.data(), *bitgen_);
    evaluate(gamma_, RowsWanted::value, rows_);
    return check_finite(&rows_.log_likelihood, 1);
}

void ShrinkageChain::see() {
    seen_.add(row_curves(likelihood(), extras_.data(), rows_.eta), rows_.eta, model_->offset,
              model_->likelihood.rows());
    columns_.see(gamma_);
    for (ScaleTransport& transport : transports_) transport.see(prior_);
}

void ShrinkageChain::add_pseudo_data(ColumnPseudoData& sum) {
    if (moves_local_scales()) collapsed_.add_pseudo_data(surrogate_->gram, factor_, prior_.shrunk(), sum);
}

double ShrinkageChain::log_density() const {
    Vector beta(gamma_.size());
    coefficients(beta.data());
    double sum = rows_.log_likelihood + prior_.log_density_of(beta.data()) + prior_.log_density_of_scales();
    if (!extras_.empty()) {
        Vector of_extras(extras_.size() * kPanelRows);
        sum += likelihood().log_density_of_extras(extras_.data(), of_extras.data());
    }
    return sum;
}

}  // namespace polyagamma
