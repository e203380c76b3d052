#include "mcmc/process_update.hpp"

#include <algorithm>
#include <limits>

#include "mcmc/theta_targets.hpp"
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
      excess_(term.n_rows()),
      trajectories_(term),
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
    if (result.ok()) result = log_prior_density(prior_, state.theta, state.whitened, info.log_prior);
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
    WhitenedTarget target(term_, rows, {state.whitened, state.g}, proposed_g_);
    double log_density = target.at_current();
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
    excess_.set(state.surrogate, rows);
    return trajectories_.run({term_, state.surrogate.rows(), excess_, state.step_size, learn},
                             steps_.trajectory, bitgen, {state.whitened, state.g}, acceptance);
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
    const auto log_ratio = [&](const double* g) { return state.surrogate.excess(rows, g); };
    SurrogateTarget target(term_, state.surrogate.rows(), log_ratio, noise_, {state.whitened, state.g},
                           {proposed_whitened_, proposed_g_}, log_evidence_);
    double log_density = target.at_current();
    if (walk > 0)
        result = move_theta({term_, *prior_, state.surrogate_walk, kind.learn}, target, walk, bitgen,
                            state.theta, log_density, info.acceptance.surrogate);
    if (independent > 0 && result.ok())
        result = move_theta({term_, *prior_, state.independent, kind.learn}, target, independent, bitgen,
                            state.theta, log_density, info.acceptance.independent);
    return result;
}

}  // namespace polyagamma
