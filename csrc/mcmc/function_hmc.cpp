#include "mcmc/function_hmc.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "linalg/panels.hpp"
#include "mcmc/split_hmc.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// Beyond a quarter turn means of draws alternate, which is worth more than what squares lose: 2.2 was best
// for the least effective sample size of both per kick, and an acceptance of 80 %.
constexpr double kTrajectoryAngle = 2.2;
constexpr double kTargetAcceptance = 0.8;
constexpr double kMaxKicks = 32.0;

double within_reach(double angle) {
    return std::clamp(angle, kTrajectoryAngle / kMaxKicks, kTrajectoryAngle);
}

}  // namespace

LeapfrogSettings StepSize::settings() const {
    const double kicks = std::ceil(kTrajectoryAngle / angle_);
    return {kTrajectoryAngle / kicks, static_cast<std::size_t>(kicks)};
}

void StepSize::learn(double acceptance) {
    count_ += 1.0;
    angle_ = within_reach(angle_ * std::exp(std::pow(count_, -2.0 / 3.0) * (acceptance - kTargetAcceptance)));
}

// The energy error has a standard deviation in proportion to angle², and the probability of rejection is in
// proportion to that (Neal 2011, Handbook of MCMC, section 5.4.4: erfc near 0).
void StepSize::fit(double mean_acceptance) {
    const double rejected = std::clamp(1.0 - mean_acceptance, 0.02, 1.0);
    angle_ = within_reach(settings().angle * std::sqrt((1.0 - kTargetAcceptance) / rejected));
}

Trajectories::Trajectories(std::size_t n, std::size_t size, std::size_t chains)
    : n_(n),
      size_(size),
      chains_(chains),
      shape_(padded_rows(n)),
      kappa_(padded_rows(n)),
      offset_(padded_rows(n)),
      eta_(padded_rows(n)),
      gradient_(chains * n),
      position_(chains * size),
      velocity_(chains * size),
      push_(chains * size),
      proposed_push_(chains * size),
      excess_(chains),
      proposed_excess_(chains),
      angle_(chains),
      error_(chains) {}

Evaluation Trajectories::run(SitesPosterior& posterior, const GaussianSites& surrogate,
                             const LatentRows& rows, const LeapfrogSettings& settings, BitGen* const* bitgens,
                             double* const* x, double* acceptance) {
    set_rows(rows);
    Evaluation result = evaluate(posterior, surrogate, x);
    if (result == Evaluation::ok) result = posterior.draw_momentum(bitgens, velocity_.data());
    for (std::size_t c = 0; c < chains_; ++c) {
        angle_[c] = spread_angle(settings.angle, *bitgens[c]);
        error_[c] = excess_[c];
        std::copy_n(x[c], size_, &position_[c * size_]);
        differentiate(surrogate, x[c], c);
        kick(c, 0.5, push_.data());
    }
    for (std::size_t left = settings.kicks; left > 0 && result == Evaluation::ok; --left) {
        for (std::size_t c = 0; c < chains_; ++c) {
            rotate(posterior.mean(), c);
            proposed_excess_[c] = differentiate(surrogate, &position_[c * size_], c);
        }
        result = posterior.covariance_product(gradient_.data(), proposed_push_.data());
        for (std::size_t c = 0; c < chains_; ++c) kick(c, left == 1 ? 0.5 : 1.0, proposed_push_.data());
    }
    if (result != Evaluation::ok) return result;
    for (std::size_t c = 0; c < chains_; ++c) accept(c, *bitgens[c], x[c], acceptance[c]);
    return result;
}

void Trajectories::set_rows(const LatentRows& rows) {
    std::copy_n(rows.shape, n_, shape_.begin());
    std::copy_n(rows.kappa, n_, kappa_.begin());
    std::copy_n(rows.offset, n_, offset_.begin());
}

double Trajectories::differentiate(const GaussianSites& surrogate, const double* x, std::size_t chain) {
    const double* g = x + size_ - n_;
    const PseudoData pseudo = surrogate.rows();
    double lanes[kPanelRows] = {};
    for (std::size_t i = 0; i < n_; ++i) eta_[i] = offset_[i] + g[i];
    loops().model.residual_and_log_likelihood(kappa_.data(), shape_.data(), eta_.size(), eta_.data(), lanes);
    double of_surrogate = 0.0;
    double* gradient = &gradient_[chain * n_];
    for (std::size_t i = 0; i < n_; ++i) {
        gradient[i] = eta_[i] - pseudo.linear[i] + pseudo.precision[i] * g[i];
        of_surrogate += (pseudo.linear[i] - 0.5 * pseudo.precision[i] * g[i]) * g[i];
    }
    return sum_lanes(lanes) - of_surrogate;
}

Evaluation Trajectories::evaluate(SitesPosterior& posterior, const GaussianSites& surrogate,
                                  double* const* x) {
    if (known_) return Evaluation::ok;
    for (std::size_t c = 0; c < chains_; ++c) excess_[c] = differentiate(surrogate, x[c], c);
    known_ = true;
    return posterior.covariance_product(gradient_.data(), push_.data());
}

void Trajectories::rotate(const double* mean, std::size_t chain) {
    const Rotation rotation(angle_[chain]);
    double* x = &position_[chain * size_];
    double* v = &velocity_[chain * size_];
    for (std::size_t i = 0; i < size_; ++i) {
        double from_mean = x[i] - mean[i];
        rotation.turn(from_mean, v[i]);
        x[i] = mean[i] + from_mean;
    }
}

// v += tΣh changes ½vᵀΣ⁻¹v by t vᵀh + ½t² hᵀΣh.
void Trajectories::kick(std::size_t chain, double share, const double* push) {
    const double time = share * angle_[chain];
    const double* all_pushes = push + chain * size_;
    const double* of_g = all_pushes + size_ - n_;
    double* v = &velocity_[chain * size_];
    const double* h = &gradient_[chain * n_];
    error_[chain] += time * (dot(v + size_ - n_, h, n_) + 0.5 * time * dot(h, of_g, n_));
    for (std::size_t i = 0; i < size_; ++i) v[i] += time * all_pushes[i];
}

void Trajectories::accept(std::size_t chain, BitGen& bitgen, double* x, double& acceptance) {
    acceptance = acceptance_probability(error_[chain] - proposed_excess_[chain]);
    if (!(bitgen.next_double(bitgen.state) < acceptance)) return;
    std::copy_n(&position_[chain * size_], size_, x);
    std::copy_n(&proposed_push_[chain * size_], size_, &push_[chain * size_]);
    excess_[chain] = proposed_excess_[chain];
}

}  // namespace polyagamma
