#include "mcmc/joint_update.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "mcmc/term_posterior.hpp"
#include "random/normals.hpp"

namespace polyagamma {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Given the others, function k of a softmax is that of a logistic model with offset less log Σ_{j≠k} e^{η_j}
// (Holmes and Held 2006, section 3.1).
void find_offset(const SoftmaxRows& rows, const LatentState* states, std::size_t k, double* offset) {
    for (std::size_t i = 0; i < rows.n; ++i) {
        const auto eta = [&](std::size_t j) { return rows.offset[j * rows.n + i] + states[j].g[i]; };
        double largest = -HUGE_VAL, sum = 0.0;
        for (std::size_t j = 0; j < rows.functions; ++j)
            if (j != k) largest = std::max(largest, eta(j));
        for (std::size_t j = 0; j < rows.functions; ++j)
            if (j != k) sum += std::exp(eta(j) - largest);
        offset[i] = rows.offset[k * rows.n + i] - (largest + std::log(sum));
    }
}

}  // namespace

// log p(y | g = T(θ) ν).
class JointUpdate::WhitenedTarget final : public ThetaTarget {
  public:
    WhitenedTarget(JointUpdate& sweep, const SoftmaxRows& rows) : sweep_(sweep), rows_(rows) {}

    Status log_density(Side side, double& value) override {
        const Status result =
            sweep_.term_.transform(side, sweep_.whitened_.data(), sweep_.proposed_g_.data());
        if (!result.ok()) return result;
        value = log_likelihood(rows_, sweep_.proposed_g_.data());
        return std::isfinite(value) ? Status{} : Status{Status::Kind::not_finite};
    }
    void accepted() override {
        sweep_.g_.swap(sweep_.proposed_g_);
        sweep_.conditioned_ = false;
    }

  private:
    JointUpdate& sweep_;
    const SoftmaxRows& rows_;
};

// With the surrogate S for the likelihood L, and g(θ, noise) its draw, p(θ) L(g) N(g; 0, K_θ) is, as a
// density of θ and noise, p(θ) p_S(z | θ) L(g)/S(g) N(noise; 0, I). The shift that pseudo-data share is part
// of the noise: integrated out of S, it changes neither S(g) nor p_S.
class JointUpdate::SurrogateTarget final : public ThetaTarget {
  public:
    SurrogateTarget(JointUpdate& sweep, const SoftmaxRows& rows, const SoftmaxSurrogate& surrogate)
        : sweep_(sweep), pseudo_(surrogate.rows()), excess_(rows, surrogate) {}

    double at_current() const { return sweep_.log_evidence_ + excess_.value(sweep_.g_.data()); }
    Status log_density(Side side, double& value) override {
        JointProcess& term = sweep_.term_;
        Status result = term.condition(side, pseudo_, evidence_);
        if (result.ok())
            result = term.draw(side, pseudo_, sweep_.noise_.data(), sweep_.proposed_whitened_.data(),
                               sweep_.proposed_g_.data());
        if (!result.ok()) return result;
        value = evidence_ + excess_.value(sweep_.proposed_g_.data());
        return std::isfinite(value) ? Status{} : Status{Status::Kind::not_finite};
    }
    void accepted() override {
        sweep_.whitened_.swap(sweep_.proposed_whitened_);
        sweep_.g_.swap(sweep_.proposed_g_);
        sweep_.log_evidence_ = evidence_;
    }

  private:
    JointUpdate& sweep_;
    const PseudoData pseudo_;
    const SoftmaxExcess excess_;
    double evidence_ = 0.0;
};

JointUpdate::JointUpdate(std::vector<std::unique_ptr<FunctionTerm>> terms, LogPrior* prior,
                         Moves<std::size_t> steps, std::size_t n_theta)
    : term_(std::move(terms), n_theta),
      sampled_(prior != nullptr),
      prior_(prior, term_.n_functions(), n_theta),
      steps_(steps),
      n_(term_.n_rows() / term_.n_functions()),
      n_theta_(n_theta),
      theta_(term_.n_functions() * n_theta),
      whitened_(term_.whitened_size()),
      g_(term_.n_rows()),
      proposed_whitened_(term_.whitened_size()),
      proposed_g_(term_.n_rows()),
      noise_(term_.noise_size()),
      position_(term_.whitened_size() + term_.n_rows()),
      offset_(n_),
      trajectories_(term_.n_rows(), position_.size(), 1),
      exchange_(term_.n_functions(), n_theta) {
    for (std::size_t k = 0; k < term_.n_functions(); ++k)
        sweeps_.push_back(std::make_unique<ProcessUpdate>(term_.function(k), prior,
                                                          Moves<std::size_t>{steps.collapsed, 0, 0, 0, 0}));
}

Status JointUpdate::run(const SoftmaxRows& rows, BitGen& bitgen, SweepKind kind, LatentState* states,
                        JointState& joint, SweepInfo& info) {
    info = {};
    info.acceptance = {kNone, kNone, kNone, kNone, kNone};
    if (!can_be_short(states, joint)) kind.complete = true;
    gather(states);
    Status result = loaded_ ? Status{} : term_.load(Side::current, theta_.data());
    if (!loaded_) conditioned_ = false;
    loaded_ = result.ok();
    if (result.ok() && kind.complete) result = gibbs(rows, bitgen, kind.learn, states, info);
    if (result.ok()) result = whitened_steps(rows, bitgen, kind.learn, states, info);
    if (result.ok() && joint.surrogate.learned()) {
        if (!conditioned_) result = term_.condition(Side::current, joint.surrogate.rows(), log_evidence_);
        conditioned_ = result.ok();
        if (result.ok()) result = trajectories(rows, bitgen, kind.learn, joint, info);
        if (result.ok()) result = surrogate_steps(rows, bitgen, kind, states, joint, info);
    }
    if (kind.learn) learn(rows, joint);
    scatter(states);
    if (result.ok()) result = log_prior(info.log_prior);
    return result;
}

void JointUpdate::gather(const LatentState* states) {
    for (std::size_t k = 0; k < term_.n_functions(); ++k) {
        const LatentState& from = states[k];
        std::copy(from.theta.begin(), from.theta.end(), theta_.data() + k * n_theta_);
        std::copy(from.whitened.begin(), from.whitened.end(), &whitened_[k * from.whitened.size()]);
        std::copy(from.g.begin(), from.g.end(), &g_[k * n_]);
    }
}

void JointUpdate::scatter(LatentState* states) const {
    for (std::size_t k = 0; k < term_.n_functions(); ++k) {
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
           std::all_of(states, states + term_.n_functions(),
                       [](const LatentState& state) { return state.independent.ready(); });
}

Status JointUpdate::gibbs(const SoftmaxRows& rows, BitGen& bitgen, bool learn, LatentState* states,
                          SweepInfo& info) {
    const double share = 1.0 / static_cast<double>(term_.n_functions());
    info.acceptance.collapsed = 0.0;
    Status result;
    for (std::size_t k = 0; k < term_.n_functions() && result.ok(); ++k) {
        SweepInfo own;
        find_offset(rows, states, k, offset_.data());
        result = sweeps_[k]->run({n_, rows.b, rows.kappa + k * n_, offset_.data()}, bitgen, {learn, true},
                                 states[k], own);
        info.acceptance.collapsed += share * own.acceptance.collapsed;
    }
    gather(states);
    term_.forget(theta_.data());
    conditioned_ = false;
    return result;
}

Status JointUpdate::move(Proposal& proposal, ThetaTarget& target, std::size_t steps, BitGen& bitgen,
                         bool learn, double& log_density, double& acceptance) {
    return move_theta({term_, prior_, proposal, learn}, target, steps, bitgen, theta_, log_density,
                      acceptance);
}

Status JointUpdate::whitened_steps(const SoftmaxRows& rows, BitGen& bitgen, bool learn, LatentState* states,
                                   SweepInfo& info) {
    if (!sampled_ || steps_.whitened == 0) return {};
    WhitenedTarget target(*this, rows);
    double log_density = log_likelihood(rows, g_.data()), sum = 0.0;
    for (std::size_t k = 0; k < term_.n_functions(); ++k) {
        FunctionProposal proposal(states[k].white, k, n_theta_);
        double acceptance;
        const Status result = move(proposal, target, steps_.whitened, bitgen, learn, log_density, acceptance);
        if (!result.ok()) return result;
        sum += acceptance;
    }
    info.acceptance.whitened = sum / static_cast<double>(term_.n_functions());
    return {};
}

Status JointUpdate::trajectories(const SoftmaxRows& rows, BitGen& bitgen, bool learn, JointState& joint,
                                 SweepInfo& info) {
    if (steps_.trajectory == 0) return {};
    const auto g = std::copy(whitened_.begin(), whitened_.end(), position_.begin());
    std::copy(g_.begin(), g_.end(), g);
    SoftmaxExcess excess(rows, joint.surrogate);
    TermPosterior posterior(term_, joint.surrogate.rows(), noise_.data());
    Status result = posterior.find_mean();
    trajectories_.forget();
    BitGen* const bitgens[] = {&bitgen};
    double* const positions[] = {position_.data()};
    double sum = 0.0;
    for (std::size_t step = 0; step < steps_.trajectory && result.ok(); ++step) {
        double probability;
        result = trajectories_.run(posterior, excess, joint.step_size.settings(), bitgens, positions,
                                   &probability);
        if (!result.ok()) return result;
        if (learn) joint.step_size.learn(probability);
        sum += probability;
    }
    info.acceptance.trajectory = sum / static_cast<double>(steps_.trajectory);
    std::copy(position_.begin(), g, whitened_.begin());
    std::copy(g, position_.end(), g_.begin());
    return result;
}

Status JointUpdate::surrogate_steps(const SoftmaxRows& rows, BitGen& bitgen, SweepKind kind,
                                    LatentState* states, JointState& joint, SweepInfo& info) {
    const std::size_t walk = kind.complete ? steps_.surrogate : 0;
    if (!sampled_ || walk + steps_.independent == 0) return {};
    fill_normals(bitgen, noise_.data(), noise_.size());
    Status result = term_.invert_draw(joint.surrogate.rows(), whitened_.data(), g_.data(), noise_.data());
    if (!result.ok()) return result;
    SurrogateTarget target(*this, rows, joint.surrogate);
    double log_density = target.at_current();
    Moves<double> sums, counts;
    const auto run = [&](Proposal& proposal, std::size_t steps, double Moves<double>::* which) {
        double acceptance;
        if (steps == 0 || !result.ok()) return;
        result = move(proposal, target, steps, bitgen, kind.learn, log_density, acceptance);
        sums.*which += acceptance;
        counts.*which += 1.0;
        info.acceptance.*which = sums.*which / counts.*which;
    };
    for (std::size_t k = 0; k < term_.n_functions(); ++k) {
        FunctionProposal proposal(states[k].surrogate_walk, k, n_theta_);
        run(proposal, walk, &Moves<double>::surrogate);
    }
    for (std::size_t k = 0; k < term_.n_functions(); ++k) {
        FunctionProposal proposal(states[k].independent, k, n_theta_);
        run(proposal, states[k].independent.ready() ? steps_.independent : 0, &Moves<double>::independent);
    }
    run(exchange_, steps_.independent, &Moves<double>::independent);
    run(joint.independent, joint.independent.ready() ? steps_.independent : 0, &Moves<double>::independent);
    return result;
}

void JointUpdate::learn(const SoftmaxRows& rows, JointState& joint) {
    joint.surrogate.learn(rows, g_.data());
    if (sampled_) joint.independent.see(theta_);
    term_.forget_rows();
    conditioned_ = false;
}

Status JointUpdate::log_prior(double& value) {
    double of_theta = 0.0;
    const Status result = sampled_ ? prior_.evaluate(theta_.data(), of_theta) : Status{};
    value = of_theta - 0.5 * std::inner_product(whitened_.begin(), whitened_.end(), whitened_.begin(), 0.0);
    return result.ok() && !std::isfinite(value) ? Status{Status::Kind::not_finite} : result;
}

}  // namespace polyagamma
