#include "mcmc/group_scaling.hpp"

#include <cmath>

#include "random/slice.hpp"
#include "random/variates.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr double kWidth = 0.5;  // of slices

}  // namespace

void GroupScaling::choose(const ShrinkagePrior& prior, BitGen& bitgen) {
    for (const std::size_t j : prior.shrunk()) {
        if (prior.columns().group[j] != group_) continue;
        const double ratio = information(j) * prior.variance(j);
        const bool keeps = chosen_ && uniform_variate(bitgen) * (1.0 + ratio) < ratio;
        (keeps ? kept_ : scaled_).push_back(j);
    }
}

void GroupScaling::set(double x, ShrinkagePrior& prior) const {
    prior.set_tau(group_, std::exp(log_tau_ + x));
    for (const std::size_t j : kept_) prior.set_square(j, squares_[j] * std::exp(-2.0 * x));
}

double GroupScaling::log_prior(double x, const ShrinkagePrior& prior, const Vector& gamma) const {
    double sum = prior.log_prior_of_tau(group_, log_tau_ + x);
    for (const std::size_t j : kept_) sum += prior.local().log_density(0.5 * std::log(prior.squares()[j]));
    for (const std::size_t j : scaled_) {
        const double v = prior.variance(j), moved = std::exp(x) * gamma[j];
        sum += x - 0.5 * (std::log(v) + moved * moved / v);
        if (chosen_) sum -= std::log1p(information(j) * v);
    }
    return sum;
}

void GroupScaling::move(const Likelihood& likelihood, const double* extras, const Vector& eta,
                        ShrinkagePrior& prior, Vector& gamma, BitGen& bitgen) {
    choose(prior, bitgen);
    log_tau_ = std::log(prior.tau(group_));
    squares_ = prior.squares();
    Vector part(gamma.size()), moving(eta.size()), moved(eta.size());
    for (const std::size_t j : scaled_) part[j] = gamma[j];
    loops().model.forward(model_.x.panel(0), model_.x.count(), model_.size(), part.data(), 1, moving.data(),
                          moving.size());
    const auto log_density = [&](double x) {
        if (!std::isfinite(prior.log_prior_of_tau(group_, log_tau_ + x))) return -HUGE_VAL;
        set(x, prior);
        for (std::size_t i = 0; i < eta.size(); ++i) moved[i] = eta[i] + std::expm1(x) * moving[i];
        const double sum = log_prior(x, prior, gamma) + log_likelihood_at(likelihood, extras, moved);
        return std::isnan(sum) ? -HUGE_VAL : sum;
    };
    const double x = slice_step(0.0, kWidth, log_density, bitgen);
    set(x, prior);
    for (const std::size_t j : scaled_) gamma[j] *= std::exp(x);
}

}  // namespace polyagamma
