#include "mcmc/joint_proposals.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "random/variates.hpp"

namespace polyagamma {

JointPrior::JointPrior(LogPrior* prior, std::size_t functions, std::size_t n_theta)
    : prior_(prior), n_theta_(n_theta) {
    const Known nothing{Vector(n_theta, std::numeric_limits<double>::quiet_NaN()), 0.0};
    memories_.assign(functions, {nothing, nothing});
}

Status JointPrior::evaluate(const double* theta, double& log_density) {
    log_density = 0.0;
    for (Memory& memory : memories_) {
        const Status result = evaluate(memory, theta);
        if (!result.ok()) return result;
        log_density += memory.recent.value;
        theta += n_theta_;
    }
    return {};
}

// Puts what was asked for first.
Status JointPrior::evaluate(Memory& memory, const double* theta) {
    const auto is_of = [&](const Known& known) {
        return std::equal(theta, theta + n_theta_, known.theta.begin());
    };
    if (is_of(memory.recent)) return {};
    std::swap(memory.recent, memory.before);
    if (is_of(memory.recent)) return {};
    memory.recent.theta.assign(n_theta_, std::numeric_limits<double>::quiet_NaN());
    const Status result = prior_->evaluate(theta, memory.recent.value);
    if (result.ok()) memory.recent.theta.assign(theta, theta + n_theta_);
    return result;
}

void FunctionProposal::propose(const Vector& theta, BitGen& bitgen, Vector& proposal) {
    Vector proposed(n_theta_);
    proposal_.propose(own(theta), bitgen, proposed);
    proposal = theta;
    std::copy(proposed.begin(), proposed.end(), proposal.data() + first_);
}

double FunctionProposal::log_ratio(const Vector& theta, const Vector& proposal) const {
    return proposal_.log_ratio(own(theta), own(proposal));
}

void ExchangeProposal::propose(const Vector& theta, BitGen& bitgen, Vector& proposal) {
    const std::size_t one = index_below(functions_, bitgen);
    const std::size_t other = (one + 1 + index_below(functions_ - 1, bitgen)) % functions_;
    proposal = theta;
    double* first = proposal.data() + one * n_theta_;
    std::swap_ranges(first, first + n_theta_, proposal.data() + other * n_theta_);
}

}  // namespace polyagamma
