#include "mcmc/group_scaling.hpp"

#include <cmath>

#include "random/slice.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr double kWidth = 0.5;  // of slices

}  // namespace

double GroupScaling::log_prior(double x, double log_tau, const ShrinkagePrior& prior,
                               const Vector& gamma) const {
    double sum = prior.log_prior_of_tau(group_, log_tau);
    for (const std::size_t j : prior.shrunk()) {
        if (!scales(j, prior)) continue;
        const double v = prior.variance(j), moved = std::exp(x) * gamma[j];
        sum += x - 0.5 * (std::log(v) + moved * moved / v);
    }
    return sum;
}

void GroupScaling::move(const Likelihood& likelihood, const double* extras, const Vector& eta,
                        ShrinkagePrior& prior, Vector& gamma, BitGen& bitgen) {
    const double log_tau = std::log(prior.tau(group_));
    Vector part(gamma.size()), moving(eta.size()), moved(eta.size());
    for (std::size_t j = 0; j < gamma.size(); ++j) part[j] = scales(j, prior) ? gamma[j] : 0.0;
    loops().model.forward(model_.x.panel(0), model_.x.count(), model_.size(), part.data(), 1, moving.data(),
                          moving.size());
    const auto log_density = [&](double x) {
        if (!std::isfinite(prior.log_prior_of_tau(group_, log_tau + x))) return -HUGE_VAL;
        prior.set_tau(group_, std::exp(log_tau + x));
        for (std::size_t i = 0; i < eta.size(); ++i) moved[i] = eta[i] + std::expm1(x) * moving[i];
        const double sum =
            log_prior(x, log_tau + x, prior, gamma) + log_likelihood_at(likelihood, extras, moved);
        return std::isnan(sum) ? -HUGE_VAL : sum;
    };
    const double x = slice_step(0.0, kWidth, log_density, bitgen);
    prior.set_tau(group_, std::exp(log_tau + x));
    for (std::size_t j = 0; j < gamma.size(); ++j)
        if (scales(j, prior)) gamma[j] *= std::exp(x);
}

}  // namespace polyagamma
