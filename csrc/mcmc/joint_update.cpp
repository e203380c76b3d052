#include "mcmc/joint_update.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "mcmc/softmax_offset.hpp"
#include "mcmc/theta_targets.hpp"
#include "random/normals.hpp"
#include "random/variates.hpp"

namespace polyagamma {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

JointUpdate::JointUpdate(std::vector<std::unique_ptr<FunctionTerm>> terms, LogPrior* prior,
                         Moves<std::size_t> steps, std::size_t n_theta)
    : term_(make_joint_term(std::move(terms), n_theta)),
      sampled_(prior != nullptr),
      prior_(prior, term_->n_functions(), n_theta),
      steps_(steps),
      n_(term_->n_rows() / term_->n_functions()),
      n_theta_(n_theta),
      theta_(term_->n_functions() * n_theta),
      whitened_(term_->whitened_size()),
      g_(term_->n_rows()),
      proposed_g_(term_->n_rows()),
      offset_(n_),
      noise_{Vector(term_->noise_size()), Vector(term_->noise_size())},
      trajectories_(*term_),
      exchange_(term_->n_functions(), n_theta) {
    for (std::size_t k = 0; k < term_->n_functions(); ++k)
        sweeps_.push_back(std::make_unique<ProcessUpdate>(term_->function(k), prior,
                                                          Moves<std::size_t>{steps.collapsed, 0, 0, 0, 0}));
}

Status JointUpdate::run(const SoftmaxRows& rows, BitGen& bitgen, SweepKind kind, LatentState* states,
                        JointState& joint, SweepInfo& info) {
    info = {};
    info.acceptance = {kNone, kNone, kNone, kNone, kNone};
    if (!can_be_short(states, joint)) kind.complete = true;
    gather(states);
    Status result = loaded_ ? Status{} : term_->load(Side::current, theta_.data());
    if (!loaded_) conditioned_ = false;
    loaded_ = result.ok();
    if (result.ok() && kind.complete) result = gibbs(rows, bitgen, kind.learn, states, info);
    if (result.ok()) result = whitened_steps(rows, bitgen, kind.learn, states, info);
    if (result.ok() && joint.surrogate.learned()) {
        if (!conditioned_) result = term_->condition(Side::current, joint.surrogate.rows(), log_evidence_);
        conditioned_ = result.ok();
        if (result.ok()) result = trajectories(rows, bitgen, kind.learn, joint, info);
        if (result.ok()) result = surrogate_steps(rows, bitgen, kind, states, joint, info);
    }
    if (kind.learn) learn(rows, joint);
    scatter(states);
    if (result.ok())
        result = log_prior_density(sampled_ ? &prior_ : nullptr, theta_, whitened_, info.log_prior);
    return result;
}

void JointUpdate::gather(const LatentState* states) {
    for (std::size_t k = 0; k < term_->n_functions(); ++k) {
        const LatentState& from = states[k];
        std::copy(from.theta.begin(), from.theta.end(), theta_.data() + k * n_theta_);
        std::copy(from.whitened.begin(), from.whitened.end(), &whitened_[k * from.whitened.size()]);
        std::copy(from.g.begin(), from.g.end(), &g_[k * n_]);
    }
}

void JointUpdate::scatter(LatentState* states) const {
    for (std::size_t k = 0; k < term_->n_functions(); ++k) {
        LatentState& to = states[k];
        std::copy_n(theta_.data() + k * n_theta_, n_theta_, to.theta.begin());
        std::copy_n(&whitened_[k * to.whitened.size()], to.whitened.size(), to.whitened.begin());
        std::copy_n(&g_[k * n_], n_, to.g.begin());
    }
}

// Whether g and θ move without data augmentation and random walks.
bool JointUpdate::can_be_short(const LatentState* states, const JointState& joint) const {
    if (steps_.trajectory == 0 || !joint.surrogate.learned()) return false;
    if (!sampled_) return true;
    return steps_.independent > 0 &&
           std::all_of(states, states + term_->n_functions(),
                       [](const LatentState& state) { return state.independent.ready(); });
}

Status JointUpdate::gibbs(const SoftmaxRows& rows, BitGen& bitgen, bool learn, LatentState* states,
                          SweepInfo& info) {
    const double share = 1.0 / static_cast<double>(term_->n_functions());
    info.acceptance.collapsed = 0.0;
    Status result;
    for (std::size_t k = 0; k < term_->n_functions() && result.ok(); ++k) {
        SweepInfo own;
        find_offset(rows, states, k, offset_.data());
        result = sweeps_[k]->run({n_, rows.b, rows.kappa + k * n_, offset_.data()}, bitgen, {learn, true},
                                 states[k], own);
        info.acceptance.collapsed += share * own.acceptance.collapsed;
    }
    gather(states);
    term_->forget(theta_.data());
    conditioned_ = false;
    return result;
}

Status JointUpdate::move(Proposal& proposal, ThetaTarget& target, std::size_t steps, BitGen& bitgen,
                         bool learn, double& log_density, double& acceptance) {
    return move_theta({*term_, prior_, proposal, learn}, target, steps, bitgen, theta_, log_density,
                      acceptance);
}

Status JointUpdate::whitened_steps(const SoftmaxRows& rows, BitGen& bitgen, bool learn, LatentState* states,
                                   SweepInfo& info) {
    if (!sampled_ || steps_.whitened == 0) return {};
    WhitenedTarget target(*term_, rows, {whitened_, g_}, proposed_g_);
    double log_density = target.at_current(), sum = 0.0;
    for (std::size_t k = 0; k < term_->n_functions(); ++k) {
        FunctionProposal proposal(states[k].white, k, n_theta_);
        double acceptance;
        const Status result = move(proposal, target, steps_.whitened, bitgen, learn, log_density, acceptance);
        if (target.moved()) conditioned_ = false;
        if (!result.ok()) return result;
        sum += acceptance;
    }
    info.acceptance.whitened = sum / static_cast<double>(term_->n_functions());
    return {};
}

Status JointUpdate::trajectories(const SoftmaxRows& rows, BitGen& bitgen, bool learn, JointState& joint,
                                 SweepInfo& info) {
    if (steps_.trajectory == 0) return {};
    SoftmaxExcess excess(rows, joint.surrogate);
    return trajectories_.run({*term_, joint.surrogate.rows(), excess, joint.step_size, learn},
                             steps_.trajectory, bitgen, {whitened_, g_}, info.acceptance.trajectory);
}

Status JointUpdate::surrogate_steps(const SoftmaxRows& rows, BitGen& bitgen, SweepKind kind,
                                    LatentState* states, JointState& joint, SweepInfo& info) {
    const std::size_t walk = kind.complete ? steps_.surrogate : 0;
    if (!sampled_ || walk + steps_.independent == 0) return {};
    for (Vector* noise : {&noise_.first, &noise_.second}) fill_normals(bitgen, noise->data(), noise->size());
    Status result =
        term_->invert_draw(joint.surrogate.rows(), whitened_.data(), g_.data(), noise_.first.data());
    if (!result.ok()) return result;
    const SoftmaxExcess excess(rows, joint.surrogate);
    CircleTarget target(*term_, joint.surrogate.rows(), excess, noise_, circles_, log_evidence_);
    double log_density;
    result = target.start({whitened_, g_}, log_density);
    Moves<double> sums, counts;
    const auto run = [&](Proposal& proposal, std::size_t steps, double Moves<double>::* which) {
        double acceptance;
        if (steps == 0 || !result.ok()) return;
        result = move(proposal, target, steps, bitgen, kind.learn, log_density, acceptance);
        sums.*which += acceptance;
        counts.*which += 1.0;
        info.acceptance.*which = sums.*which / counts.*which;
    };
    for (std::size_t k = 0; k < term_->n_functions(); ++k) {
        FunctionProposal proposal(states[k].surrogate_walk, k, n_theta_);
        run(proposal, walk, &Moves<double>::surrogate);
    }
    for (std::size_t k = 0; k < term_->n_functions(); ++k) {
        FunctionProposal proposal(states[k].independent, k, n_theta_);
        run(proposal, states[k].independent.ready() ? steps_.independent : 0, &Moves<double>::independent);
    }
    run(exchange_, steps_.independent, &Moves<double>::independent);
    // All at once cost as much as one after the other, and little more than half as many are accepted.
    const bool all = index_below(term_->n_functions(), bitgen) == 0 && joint.independent.ready();
    run(joint.independent, all ? steps_.independent : 0, &Moves<double>::independent);
    if (result.ok()) target.choose(bitgen.next_double(bitgen.state), {whitened_, g_});
    return result;
}

void JointUpdate::learn(const SoftmaxRows& rows, JointState& joint) {
    if (sampled_) joint.independent.see(theta_);
    if (!joint.surrogate.learn(rows, g_.data())) return;
    term_->forget_rows();
    conditioned_ = false;
}

}  // namespace polyagamma
