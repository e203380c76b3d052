#include "mcmc/spike_slab_chain.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "linalg/dense.hpp"
#include "mcmc/column_slide.hpp"
#include "mcmc/pseudo_rows.hpp"
#include "random/slice.hpp"

namespace polyagamma {
namespace {

// Of a sweep: they are cheap, and so many mix about as well as a sweep of other samplers.
constexpr std::size_t kRounds = 4;
constexpr double kWidth = 0.5;  // of slices

}  // namespace

SpikeSlabChain::SpikeSlabChain(const CentredRows& rows, const SpikeSlabPrior& prior,
                               const IndicatorUpdate& indicators, BitGen& bitgen)
    : model_(&rows),
      indicators_(&indicators),
      bitgen_(&bitgen),
      own_(rows.likelihood.for_chain()),
      prior_(prior),
      gamma_(rows.size()),
      extras_(rows.likelihood.extras()),
      eta_(rows.likelihood.padded()),
      pseudo_data_(rows.likelihood.padded()),
      included_(rows) {}

Status SpikeSlabChain::start() {
    prior_.start(*bitgen_);
    return rebuild();
}

Status SpikeSlabChain::start_at(const double* coefficients, const double* extras) {
    for (std::size_t j = 0; j < gamma_.size(); ++j) gamma_[j] = coefficients[j] - prior_.columns().mean[j];
    std::copy_n(extras, extras_.size(), extras_.begin());
    prior_.update_scales(coefficients, *bitgen_);
    return rebuild();
}

Status SpikeSlabChain::rebuild() {
    predictors_at(*model_, gamma_.data(), eta_);
    log_likelihood_ = log_likelihood_at(likelihood(), extras_.data(), eta_);
    return check_finite(&log_likelihood_, 1);
}

void SpikeSlabChain::coefficients(double* out) const {
    for (std::size_t j = 0; j < gamma_.size(); ++j) out[j] = prior_.columns().mean[j] + gamma_[j];
}

Status SpikeSlabChain::sweep() {
    for (std::size_t round = 0; round < kRounds; ++round)
        if (const Status status = make_round(); !status.ok()) return status;
    slide_columns(*model_, likelihood(), extras_.data(), prior_, gamma_, eta_, *bitgen_);
    return rebuild();
}

Status SpikeSlabChain::make_round() {
    if (!extras_.empty()) own_->update_extras(eta_.data(), extras_.data(), *bitgen_);
    draw_pseudo_rows(*likelihood().polya_gamma(), eta_, model_->offset, model_->likelihood.rows(), *bitgen_,
                     pseudo_data_);
    if (const Status status = move_coefficients(); !status.ok()) return status;
    scale_effects();
    Vector beta(gamma_.size());
    coefficients(beta.data());
    prior_.update_scales(beta.data(), *bitgen_);
    return {};
}

Status SpikeSlabChain::move_coefficients() {
    std::vector<std::size_t> in;
    Vector deviation(gamma_.size());
    for (std::size_t j = 0; j < deviation.size(); ++j) {
        deviation[j] = prior_.deviation(j);
        if (prior_.in(j)) in.push_back(j);
    }
    if (const Status status = included_.assign(pseudo_data_, in, std::move(deviation)); !status.ok())
        return status;
    if (const Status status = indicators_->run(included_, prior_, *bitgen_); !status.ok()) return status;
    included_.draw(*bitgen_, gamma_.data());
    return check_finite(gamma_.data(), gamma_.size());
}

// A slice along the orbit e^x of the effects (Liu and Sabatti 2000, Biometrika 87, 353): ω holds them where
// they are large, the likelihood alone does not.
void SpikeSlabChain::scale_effects() {
    Vector effects(gamma_.size()), t(eta_.size()), moved(eta_.size());
    for (const std::size_t j : prior_.spiked()) effects[j] = gamma_[j];
    predictors_at(*model_, gamma_.data(), eta_);
    if (prior_.count_in() == 0) return;
    predictors_at(*model_, effects.data(), t);
    for (std::size_t i = 0; i < t.size(); ++i) t[i] -= model_->offset[i];
    const auto move_to = [&](double x) {
        const double change = std::expm1(x);
        for (std::size_t i = 0; i < t.size(); ++i) moved[i] = eta_[i] + change * t[i];
    };
    const SpikeSlabPrior::Scaling scaling = prior_.scaling(effects.data());
    const auto log_density = [&](double x) {
        move_to(x);
        const double sum = scaling.log_density(x) + log_likelihood_at(likelihood(), extras_.data(), moved);
        return std::isnan(sum) ? -HUGE_VAL : sum;
    };
    const double x = slice_step(0.0, kWidth, log_density, *bitgen_);
    move_to(x);
    eta_.swap(moved);
    for (const std::size_t j : prior_.spiked()) gamma_[j] *= std::exp(x);
    prior_.scale_slab(x);
}

double SpikeSlabChain::log_density() const {
    Vector beta(gamma_.size());
    coefficients(beta.data());
    double sum = log_likelihood_ + prior_.log_density_of(beta.data()) + prior_.log_density_of_scales();
    if (!extras_.empty()) {
        Vector of_extras(extras_.size() * kPanelRows);
        sum += likelihood().log_density_of_extras(extras_.data(), of_extras.data());
    }
    return sum;
}

}  // namespace polyagamma
