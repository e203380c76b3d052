#include "mcmc/metropolis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace polyagamma {
namespace {

// Prior times target at a proposal: -infinity where either is undefined. The prior comes first: covariance
// functions are not asked for parameters that cannot be.
Status evaluate(const ThetaMoves& settings, ThetaTarget& target, const Vector& proposal, double& log_prior,
                double& log_target) {
    Status result = settings.prior.evaluate(proposal.data(), log_prior);
    if (result.ok() && !(log_prior > -HUGE_VAL)) result = Status{Status::Kind::not_finite};
    if (result.ok()) result = settings.term.load(Side::proposed, proposal.data());
    if (result.ok()) result = target.log_density(Side::proposed, log_target);
    return result;
}

}  // namespace

Status log_prior_density(LogPrior* prior, const Vector& theta, const Vector& whitened, double& value) {
    double of_theta = 0.0;
    const Status result = prior == nullptr ? Status{} : prior->evaluate(theta.data(), of_theta);
    value = of_theta - 0.5 * std::inner_product(whitened.begin(), whitened.end(), whitened.begin(), 0.0);
    return result.ok() && !std::isfinite(value) ? Status{Status::Kind::not_finite} : result;
}

Status move_theta(const ThetaMoves& settings, ThetaTarget& target, std::size_t steps, BitGen& bitgen,
                  Vector& theta, double& log_density, double& acceptance) {
    Vector proposal(theta.size());
    double log_prior;
    Status result = settings.prior.evaluate(theta.data(), log_prior);
    acceptance = 0.0;
    for (std::size_t step = 0; step < steps && !result.fatal(); ++step) {
        settings.proposal.propose(theta, bitgen, proposal);
        double proposed_prior, proposed_target, probability = 0.0;
        result = evaluate(settings, target, proposal, proposed_prior, proposed_target);
        if (result.ok())
            probability = std::exp(std::min(0.0, proposed_prior + proposed_target - log_prior - log_density +
                                                     settings.proposal.log_ratio(theta, proposal)));
        if (bitgen.next_double(bitgen.state) < probability) {
            theta.swap(proposal);
            log_prior = proposed_prior;
            log_density = proposed_target;
            settings.term.swap_sides();
            target.accepted();
        }
        if (settings.learn) settings.proposal.learn(probability);
        acceptance += probability / static_cast<double>(steps);
    }
    return result.fatal() ? result : Status{};
}

}  // namespace polyagamma
