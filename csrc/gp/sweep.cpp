#include "gp/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "gibbs/normals.hpp"
#include "pg/sampler.hpp"

namespace polyagamma {
namespace {

constexpr double kQuarterTurn = 1.5707963267948966;
constexpr double kRotationAcceptance = 0.4;

// log p(z | ω, θ), the latent function integrated out.
class CollapsedTarget final : public ThetaTarget {
  public:
    CollapsedTarget(LatentBlock& block, const PseudoRows& rows) : block_(block), rows_(rows) {}
    Evaluation log_density(Side side, double& value) override { return block_.condition(side, rows_, value); }
    void accepted() override {}

  private:
    LatentBlock& block_;
    const PseudoRows& rows_;
};

// log p(y | g = T(θ) ν), ω integrated out.
class WhitenedTarget final : public ThetaTarget {
  public:
    WhitenedTarget(LatentBlock& block, const LatentRows& rows, LatentState& state, Vector& g)
        : block_(block), rows_(rows), state_(state), g_(g) {}

    Evaluation log_density(Side side, double& value) override {
        const Evaluation result = block_.transform(side, state_.whitened.data(), g_.data());
        if (result != Evaluation::ok) return result;
        value = log_likelihood(rows_, g_.data());
        return std::isfinite(value) ? Evaluation::ok : Evaluation::undefined;
    }
    void accepted() override { state_.g.swap(g_); }

  private:
    LatentBlock& block_;
    const LatentRows& rows_;
    LatentState& state_;
    Vector& g_;
};

// With the surrogate S for the likelihood L, and g(θ, noise) its draw, p(θ) L(g) N(g; 0, K_θ) is, as a
// density of θ and noise, p(θ) p_S(z | θ) L(g)/S(g) N(noise; 0, I).
class SurrogateTarget final : public ThetaTarget {
  public:
    SurrogateTarget(LatentBlock& block, const LatentRows& rows, LatentState& state, const Vector& noise,
                    Vector& whitened, Vector& g)
        : block_(block), rows_(rows), state_(state), noise_(noise), whitened_(whitened), g_(g) {}

    Evaluation log_density(Side side, double& value) override {
        const PseudoRows pseudo = state_.surrogate.rows();
        double evidence;
        Evaluation result = block_.condition(side, pseudo, evidence);
        if (result == Evaluation::ok)
            result = block_.draw(side, pseudo, noise_.data(), whitened_.data(), g_.data());
        if (result != Evaluation::ok) return result;
        value = evidence + state_.surrogate.excess(rows_, g_.data());
        return std::isfinite(value) ? Evaluation::ok : Evaluation::undefined;
    }
    void accepted() override {
        state_.whitened.swap(whitened_);
        state_.g.swap(g_);
    }

  private:
    LatentBlock& block_;
    const LatentRows& rows_;
    LatentState& state_;
    const Vector& noise_;
    Vector &whitened_, &g_;
};

}  // namespace

void Rotation::learn(double acceptance) {
    count_ += 1.0;
    const double step = std::pow(count_, -2.0 / 3.0);
    angle_ = std::min(kQuarterTurn, angle_ * std::exp(step * (acceptance - kRotationAcceptance)));
}

LatentSweep::LatentSweep(LatentBlock& block, LogPrior* prior, Moves<std::size_t> steps)
    : block_(block),
      prior_(prior),
      steps_(steps),
      omega_(block.n_rows()),
      linear_(block.n_rows()),
      noise_(block.noise_size()),
      proposed_noise_(block.noise_size()),
      proposed_whitened_(block.whitened_size()),
      proposed_g_(block.n_rows()),
      pseudo_{block.n_rows(), omega_.data(), linear_.data()} {}

Evaluation LatentSweep::run(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                            SweepInfo& info) {
    Evaluation result = gibbs(rows, bitgen, learn, state, info);
    if (result == Evaluation::ok) result = whitened_steps(rows, bitgen, learn, state, info);
    if (result == Evaluation::ok) result = surrogate_moves(rows, bitgen, learn, state, info);
    if (learn) state.surrogate.learn(rows, state.g.data());
    if (result == Evaluation::ok) result = log_prior(state, info.log_prior);
    return result;
}

void LatentSweep::augment(const LatentRows& rows, BitGen& bitgen, const double* g) {
    for (std::size_t i = 0; i < rows.n; ++i) omega_[i] = rows.offset[i] + g[i];
    fill(FillKey::from(bitgen), 0, {rows.shape, 1}, {omega_.data(), 1}, rows.n, omega_.data());
    for (std::size_t i = 0; i < rows.n; ++i) linear_[i] = rows.kappa[i] - omega_[i] * rows.offset[i];
}

Evaluation LatentSweep::gibbs(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                              SweepInfo& info) {
    augment(rows, bitgen, state.g.data());
    CollapsedTarget target(block_, pseudo_);
    double log_density;
    Evaluation result = target.log_density(Side::current, log_density);
    if (result == Evaluation::ok && prior_ != nullptr)
        result = walk_theta({block_, *prior_, state.collapsed, learn}, target, steps_.collapsed, bitgen,
                            state.theta, log_density, info.acceptance.collapsed);
    if (result != Evaluation::ok) return result;
    fill_normals(bitgen, noise_.data(), noise_.size());
    return block_.draw(Side::current, pseudo_, noise_.data(), state.whitened.data(), state.g.data());
}

Evaluation LatentSweep::whitened_steps(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                                       SweepInfo& info) {
    if (prior_ == nullptr || steps_.whitened == 0) return Evaluation::ok;
    WhitenedTarget target(block_, rows, state, proposed_g_);
    double log_density = log_likelihood(rows, state.g.data());
    return walk_theta({block_, *prior_, state.white, learn}, target, steps_.whitened, bitgen, state.theta,
                      log_density, info.acceptance.whitened);
}

Evaluation LatentSweep::surrogate_moves(const LatentRows& rows, BitGen& bitgen, bool learn,
                                        LatentState& state, SweepInfo& info) {
    if (!state.surrogate.learned() || steps_.surrogate + steps_.rotation == 0) return Evaluation::ok;
    const PseudoRows pseudo = state.surrogate.rows();
    double evidence, excess = state.surrogate.excess(rows, state.g.data());
    fill_normals(bitgen, noise_.data(), noise_.size());
    Evaluation result = block_.condition(Side::current, pseudo, evidence);
    if (result == Evaluation::ok)
        result = block_.invert_draw(pseudo, state.whitened.data(), state.g.data(), noise_.data());
    for (std::size_t step = 0; step < steps_.rotation && result == Evaluation::ok; ++step)
        result = rotate(rows, bitgen, learn, state, excess, info.acceptance.rotation);
    if (result != Evaluation::ok || prior_ == nullptr) return result;
    SurrogateTarget target(block_, rows, state, noise_, proposed_whitened_, proposed_g_);
    double log_density = evidence + excess;
    return walk_theta({block_, *prior_, state.surrogate_walk, learn}, target, steps_.surrogate, bitgen,
                      state.theta, log_density, info.acceptance.surrogate);
}

// Neal's (1999) proposal for Gaussian priors, here of the noise.
Evaluation LatentSweep::rotate(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                               double& excess, double& acceptance) {
    fill_normals(bitgen, proposed_noise_.data(), proposed_noise_.size());
    const double cosine = std::cos(state.rotation.angle()), sine = std::sin(state.rotation.angle());
    for (std::size_t i = 0; i < noise_.size(); ++i)
        proposed_noise_[i] = cosine * noise_[i] + sine * proposed_noise_[i];
    const Evaluation result = block_.draw(Side::current, state.surrogate.rows(), proposed_noise_.data(),
                                          proposed_whitened_.data(), proposed_g_.data());
    if (result != Evaluation::ok) return result;
    const double proposed = state.surrogate.excess(rows, proposed_g_.data());
    const bool finite = std::isfinite(proposed);
    const double probability = finite ? std::exp(std::min(0.0, proposed - excess)) : 0.0;
    if (bitgen.next_double(bitgen.state) < probability) {
        noise_.swap(proposed_noise_);
        state.whitened.swap(proposed_whitened_);
        state.g.swap(proposed_g_);
        excess = proposed;
    }
    if (learn) state.rotation.learn(probability);
    acceptance += probability / static_cast<double>(steps_.rotation);
    return Evaluation::ok;
}

Evaluation LatentSweep::log_prior(const LatentState& state, double& value) {
    double of_theta = 0.0;
    const Evaluation result =
        prior_ == nullptr ? Evaluation::ok : prior_->evaluate(state.theta.data(), of_theta);
    const Vector& nu = state.whitened;
    value = of_theta - 0.5 * std::inner_product(nu.begin(), nu.end(), nu.begin(), 0.0);
    return result == Evaluation::ok && !std::isfinite(value) ? Evaluation::undefined : result;
}

}  // namespace polyagamma
