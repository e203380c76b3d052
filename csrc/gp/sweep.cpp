#include "gp/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "gibbs/normals.hpp"
#include "math/elementary.hpp"
#include "pg/sampler.hpp"

namespace polyagamma {
namespace {

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
    WhitenedTarget(LatentBlock& block, const LatentRows& rows, LatentState& state, Vector& proposed)
        : block_(block), rows_(rows), state_(state), proposed_(proposed) {}

    Evaluation log_density(Side side, double& value) override {
        const Evaluation result = block_.transform(side, state_.whitened.data(), proposed_.data());
        if (result != Evaluation::ok) return result;
        value = log_likelihood(rows_, proposed_.data());
        return std::isfinite(value) ? Evaluation::ok : Evaluation::undefined;
    }
    void accepted() override { state_.g.swap(proposed_); }

  private:
    LatentBlock& block_;
    const LatentRows& rows_;
    LatentState& state_;
    Vector& proposed_;
};

}  // namespace

double log_likelihood(const LatentRows& rows, const double* g) {
    double sum = 0.0;
    for (std::size_t i = 0; i < rows.n; ++i) {
        const double eta = rows.offset[i] + g[i];
        const double size = std::fabs(eta);  // log(2 cosh(η/2)) = |η|/2 + log(1 + e^{-|η|})
        sum += rows.kappa[i] * eta - rows.shape[i] * (0.5 * size + logarithm_one_plus(exponential(-size)));
    }
    return sum;
}

LatentSweep::LatentSweep(LatentBlock& block, LogPrior* prior, ThetaSteps steps)
    : block_(block),
      prior_(prior),
      steps_(steps),
      omega_(block.n_rows()),
      linear_(block.n_rows()),
      noise_(block.noise_size()),
      proposed_(block.n_rows()),
      pseudo_{block.n_rows(), omega_.data(), linear_.data()} {}

Evaluation LatentSweep::run(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                            SweepInfo& info) {
    augment(rows, bitgen, state.g.data());
    Evaluation result = collapsed_steps(bitgen, learn, state, info);
    if (result != Evaluation::ok) return result;
    fill_normals(bitgen, noise_.data(), noise_.size());
    result = block_.draw(pseudo_, noise_.data(), state.whitened.data(), state.g.data());
    if (result == Evaluation::ok) result = whitened_steps(rows, bitgen, learn, state, info);
    if (result == Evaluation::ok) result = log_prior(state, info.log_prior);
    return result;
}

void LatentSweep::augment(const LatentRows& rows, BitGen& bitgen, const double* g) {
    for (std::size_t i = 0; i < rows.n; ++i) omega_[i] = rows.offset[i] + g[i];
    fill(FillKey::from(bitgen), 0, {rows.shape, 1}, {omega_.data(), 1}, rows.n, omega_.data());
    for (std::size_t i = 0; i < rows.n; ++i) linear_[i] = rows.kappa[i] - omega_[i] * rows.offset[i];
}

Evaluation LatentSweep::collapsed_steps(BitGen& bitgen, bool learn, LatentState& state, SweepInfo& info) {
    CollapsedTarget target(block_, pseudo_);
    double log_density;
    const Evaluation result = target.log_density(Side::current, log_density);
    if (result != Evaluation::ok || prior_ == nullptr) return result;
    return walk_theta({block_, *prior_, state.collapsed, learn}, target, steps_.collapsed, bitgen,
                      state.theta, log_density, info.collapsed_acceptance);
}

Evaluation LatentSweep::whitened_steps(const LatentRows& rows, BitGen& bitgen, bool learn, LatentState& state,
                                       SweepInfo& info) {
    if (prior_ == nullptr) return Evaluation::ok;
    WhitenedTarget target(block_, rows, state, proposed_);
    double log_density = log_likelihood(rows, state.g.data());
    return walk_theta({block_, *prior_, state.white, learn}, target, steps_.whitened, bitgen, state.theta,
                      log_density, info.whitened_acceptance);
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
