#include "mcmc/process_update.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "mcmc/term_posterior.hpp"
#include "pg/sampler.hpp"
#include "random/normals.hpp"

namespace polyagamma {
namespace {

constexpr double kLeastReach = 0.5;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kStepsToLearnReach = 150.0;

// log p(z | ω, θ), the latent function integrated out.
class CollapsedTarget final : public ThetaTarget {
  public:
    CollapsedTarget(Term& term, const PseudoData& rows) : term_(term), rows_(rows) {}
    Status log_density(Side side, double& value) override { return term_.condition(side, rows_, value); }
    void accepted() override {}

  private:
    Term& term_;
    const PseudoData& rows_;
};

// log p(y | g = T(θ) ν), ω integrated out.
class WhitenedTarget final : public ThetaTarget {
  public:
    WhitenedTarget(Term& term, const LatentRows& rows, LatentState& state, Vector& g)
        : term_(term), rows_(rows), state_(state), g_(g) {}

    Status log_density(Side side, double& value) override {
        const Status result = term_.transform(side, state_.whitened.data(), g_.data());
        if (!result.ok()) return result;
        value = log_likelihood(rows_, g_.data());
        return std::isfinite(value) ? Status{} : Status{Status::Kind::not_finite};
    }
    void accepted() override { state_.g.swap(g_); }

  private:
    Term& term_;
    const LatentRows& rows_;
    LatentState& state_;
    Vector& g_;
};

// With the surrogate S for the likelihood L, and g(θ, noise) its draw, p(θ) L(g) N(g; 0, K_θ) is, as a
// density of θ and noise, p(θ) p_S(z | θ) L(g)/S(g) N(noise; 0, I).
class SurrogateTarget final : public ThetaTarget {
  public:
    SurrogateTarget(Term& term, const LatentRows& rows, LatentState& state, const Vector& noise,
                    Vector& whitened, Vector& g, double& evidence)
        : term_(term),
          rows_(rows),
          state_(state),
          noise_(noise),
          whitened_(whitened),
          g_(g),
          evidence_(evidence) {}

    Status log_density(Side side, double& value) override {
        const PseudoData pseudo = state_.surrogate.rows();
        Status result = term_.condition(side, pseudo, proposed_evidence_);
        if (result.ok()) result = term_.draw(side, pseudo, noise_.data(), whitened_.data(), g_.data());
        if (!result.ok()) return result;
        value = proposed_evidence_ + state_.surrogate.excess(rows_, g_.data());
        return std::isfinite(value) ? Status{} : Status{Status::Kind::not_finite};
    }
    void accepted() override {
        state_.whitened.swap(whitened_);
        state_.g.swap(g_);
        evidence_ = proposed_evidence_;
    }

  private:
    Term& term_;
    const LatentRows& rows_;
    LatentState& state_;
    const Vector& noise_;
    Vector &whitened_, &g_;
    double& evidence_;
    double proposed_evidence_ = 0.0;
};

}  // namespace

ProcessUpdate::ProcessUpdate(Term& term, LogPrior* prior, Moves<std::size_t> steps)
    : term_(term),
      prior_(prior),
      steps_(steps),
      omega_(term.n_rows()),
      linear_(term.n_rows()),
      noise_(term.noise_size()),
      proposed_whitened_(term.whitened_size()),
      proposed_g_(term.n_rows()),
      position_(term.whitened_size() + term.n_rows()),
      excess_(term.n_rows()),
      trajectories_(term.n_rows(), position_.size(), 1),
      pseudo_{term.n_rows(), omega_.data(), linear_.data()} {}

Status ProcessUpdate::run(const LatentRows& rows, BitGen& bitgen, SweepKind kind, LatentState& state,
                          SweepInfo& info) {
    info.acceptance = {kNone, kNone, kNone, kNone, kNone};
    if (!can_be_short(state)) kind.complete = true;
    Status result;
    if (kind.complete) result = gibbs(rows, bitgen, kind.learn, state, info);
    if (result.ok()) result = whitened_steps(rows, bitgen, kind.learn, state, info);
    if (result.ok()) result = surrogate_moves(rows, bitgen, kind, state, info);
    if (kind.learn) learn(rows, state);
    if (result.ok()) result = log_prior(state, info.log_prior);
    return result;
}

// Whether g and θ move without data augmentation and random walks.
bool ProcessUpdate::can_be_short(const LatentState& state) const {
    const bool theta_moves = prior_ == nullptr || (steps_.independent > 0 && state.independent.ready());
    return steps_.trajectory > 0 && state.surrogate.learned() && theta_moves;
}

void ProcessUpdate::learn(const LatentRows& rows, LatentState& state) {
    state.surrogate.learn(rows, state.g.data());
    if (prior_ != nullptr) state.independent.see(state.theta);
    conditioned_ = false;
}

void ProcessUpdate::augment(const LatentRows& rows, BitGen& bitgen, const double* g) {
    for (std::size_t i = 0; i < rows.n; ++i) omega_[i] = rows.offset[i] + g[i];
    fill(FillKey::from(bitgen), 0, {rows.b, 1}, {omega_.data(), 1}, rows.n, omega_.data());
    for (std::size_t i = 0; i < rows.n; ++i) linear_[i] = rows.kappa[i] - omega_[i] * rows.offset[i];
}

Status ProcessUpdate::gibbs(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                            SweepInfo& info) {
    augment(rows, bitgen, state.g.data());
    conditioned_ = false;
    CollapsedTarget target(term_, pseudo_);
    double log_density;
    Status result = target.log_density(Side::current, log_density);
    if (result.ok() && prior_ != nullptr && steps_.collapsed > 0)
        result = move_theta({term_, *prior_, state.collapsed, learn}, target, steps_.collapsed, bitgen,
                            state.theta, log_density, info.acceptance.collapsed);
    if (!result.ok()) return result;
    fill_normals(bitgen, noise_.data(), noise_.size());
    return term_.draw(Side::current, pseudo_, noise_.data(), state.whitened.data(), state.g.data());
}

Status ProcessUpdate::whitened_steps(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                                     SweepInfo& info) {
    const std::size_t steps = prior_ == nullptr ? 0 : n_whitened_steps(learn, state);
    if (steps == 0) return {};
    conditioned_ = false;
    WhitenedTarget target(term_, rows, state, proposed_g_);
    double log_density = log_likelihood(rows, state.g.data());
    return move_theta({term_, *prior_, state.white, learn}, target, steps, bitgen, state.theta, log_density,
                      info.acceptance.whitened);
}

// Warm-up takes one, to learn how far they reach. Where they reach about as far as those with the noise kept,
// which cost twice as much, many pay: f is large, and its scale says little to the likelihood. Elsewhere none
// do, and once that is known warm-up takes none either; nor where independent proposals suffice.
std::size_t ProcessUpdate::n_whitened_steps(bool learn, const LatentState& state) const {
    if (steps_.surrogate == 0) return steps_.whitened;
    if (state.independent.suffices()) return 0;
    const std::size_t most = learn ? std::min<std::size_t>(1, steps_.whitened) : steps_.whitened;
    if (learn && state.white.times_learned() < kStepsToLearnReach) return most;
    return state.white.reach(state.surrogate_walk) >= kLeastReach ? most : 0;
}

Status ProcessUpdate::surrogate_moves(const LatentRows& rows, BitGen& bitgen, SweepKind kind,
                                      LatentState& state, SweepInfo& info) {
    if (!state.surrogate.learned() || steps_.surrogate + steps_.independent + steps_.trajectory == 0)
        return {};
    Status result;
    if (!conditioned_) result = term_.condition(Side::current, state.surrogate.rows(), log_evidence_);
    conditioned_ = result.ok();
    if (result.ok()) result = trajectories(rows, bitgen, kind.learn, state, info.acceptance.trajectory);
    if (!result.ok() || prior_ == nullptr) return result;
    return surrogate_steps(rows, bitgen, kind, state, info);
}

Status ProcessUpdate::trajectories(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                                   double& acceptance) {
    if (steps_.trajectory == 0) return {};
    acceptance = 0.0;
    const auto g = std::copy(state.whitened.begin(), state.whitened.end(), position_.begin());
    std::copy(state.g.begin(), state.g.end(), g);
    TermPosterior posterior(term_, state.surrogate.rows(), noise_.data());
    Status result = posterior.find_mean();
    trajectories_.forget();
    excess_.set(state.surrogate, rows);
    BitGen* const bitgens[] = {&bitgen};
    double* const positions[] = {position_.data()};
    for (std::size_t step = 0; step < steps_.trajectory && result.ok(); ++step) {
        double probability;
        result = trajectories_.run(posterior, excess_, state.step_size.settings(), bitgens, positions,
                                   &probability);
        if (!result.ok()) return result;
        if (learn) state.step_size.learn(probability);
        acceptance += probability / static_cast<double>(steps_.trajectory);
    }
    std::copy(position_.begin(), g, state.whitened.begin());
    std::copy(g, position_.end(), state.g.begin());
    return result;
}

Status ProcessUpdate::surrogate_steps(const LatentRows& rows, BitGen& bitgen, SweepKind kind,
                                      LatentState& state, SweepInfo& info) {
    const std::size_t walk = kind.complete ? steps_.surrogate : 0;
    const std::size_t independent = state.independent.ready() ? steps_.independent : 0;
    if (walk + independent == 0) return {};
    fill_normals(bitgen, noise_.data(), noise_.size());
    Status result =
        term_.invert_draw(state.surrogate.rows(), state.whitened.data(), state.g.data(), noise_.data());
    if (!result.ok()) return result;
    SurrogateTarget target(term_, rows, state, noise_, proposed_whitened_, proposed_g_, log_evidence_);
    double log_density = log_evidence_ + state.surrogate.excess(rows, state.g.data());
    if (walk > 0)
        result = move_theta({term_, *prior_, state.surrogate_walk, kind.learn}, target, walk, bitgen,
                            state.theta, log_density, info.acceptance.surrogate);
    if (independent > 0 && result.ok())
        result = move_theta({term_, *prior_, state.independent, kind.learn}, target, independent, bitgen,
                            state.theta, log_density, info.acceptance.independent);
    return result;
}

Status ProcessUpdate::log_prior(const LatentState& state, double& value) {
    double of_theta = 0.0;
    const Status result = prior_ == nullptr ? Status{} : prior_->evaluate(state.theta.data(), of_theta);
    const Vector& nu = state.whitened;
    value = of_theta - 0.5 * std::inner_product(nu.begin(), nu.end(), nu.begin(), 0.0);
    return result.ok() && !std::isfinite(value) ? Status{Status::Kind::not_finite} : result;
}

}  // namespace polyagamma
