#include "gp/hyperparameters.hpp"

#include <algorithm>
#include <cmath>

#include "random/normals.hpp"

namespace polyagamma {
namespace {

// Prior times target at a proposal: -infinity where either is undefined. The prior comes first: kernels are
// not asked for parameters that cannot be.
Evaluation evaluate(const ThetaWalk& settings, ThetaTarget& target, const Vector& proposal, double& log_prior,
                    double& log_target) {
    Evaluation result = settings.prior.evaluate(proposal.data(), log_prior);
    if (result == Evaluation::ok && !(log_prior > -HUGE_VAL)) result = Evaluation::undefined;
    if (result == Evaluation::ok) result = settings.block.load(Side::proposed, proposal.data());
    if (result == Evaluation::ok) result = target.log_density(Side::proposed, log_target);
    return result;
}

// A proposal, and the log ratio of the densities of proposing theta there and it here.
double propose(const ThetaWalk& settings, BitGen& bitgen, const Vector& theta, Vector& proposal) {
    if (settings.independence == nullptr) {
        Vector normals(theta.size());
        fill_normals(bitgen, normals.data(), normals.size());
        settings.walk.propose(theta.data(), normals.data(), proposal.data());
        return 0.0;
    }
    settings.independence->propose(bitgen, proposal.data());
    return settings.independence->log_density(theta.data()) -
           settings.independence->log_density(proposal.data());
}

void learn(const ThetaWalk& settings, double probability) {
    if (!settings.learn) return;
    if (settings.independence == nullptr)
        settings.walk.learn(probability);
    else
        settings.independence->learn_acceptance(probability);
}

}  // namespace

Evaluation walk_theta(const ThetaWalk& settings, ThetaTarget& target, std::size_t steps, BitGen& bitgen,
                      Vector& theta, double& log_density, double& acceptance) {
    Vector proposal(theta.size());
    double log_prior;
    Evaluation result = settings.prior.evaluate(theta.data(), log_prior);
    acceptance = 0.0;
    for (std::size_t step = 0; step < steps && result != Evaluation::failed; ++step) {
        const double log_ratio = propose(settings, bitgen, theta, proposal);
        double proposed_prior, proposed_target, probability = 0.0;
        result = evaluate(settings, target, proposal, proposed_prior, proposed_target);
        if (result == Evaluation::ok)
            probability = std::exp(
                std::min(0.0, proposed_prior + proposed_target - log_prior - log_density + log_ratio));
        if (bitgen.next_double(bitgen.state) < probability) {
            theta.swap(proposal);
            log_prior = proposed_prior;
            log_density = proposed_target;
            settings.block.swap_sides();
            target.accepted();
        }
        learn(settings, probability);
        acceptance += probability / static_cast<double>(steps);
    }
    return result == Evaluation::failed ? result : Evaluation::ok;
}

}  // namespace polyagamma
