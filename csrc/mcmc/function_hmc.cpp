#include "mcmc/function_hmc.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "mcmc/split_hmc.hpp"

namespace polyagamma {

FunctionHmc::FunctionHmc(std::size_t n, std::size_t size, std::size_t chains)
    : n_(n),
      size_(size),
      chains_(chains),
      gradient_(chains * n),
      position_(chains * size),
      velocity_(chains * size),
      push_(chains * size),
      proposed_push_(chains * size),
      excess_(chains),
      proposed_excess_(chains),
      angle_(chains),
      error_(chains) {}

// The trajectories of all chains, in step.
class FunctionHmc::Motion {
  public:
    Motion(FunctionHmc& hmc, SitesPosterior& posterior, Excess& excess, double step_size,
           BitGen* const* bitgens, double* const* x, double* acceptance)
        : hmc_(hmc),
          posterior_(posterior),
          excess_(excess),
          step_size_(step_size),
          bitgens_(bitgens),
          x_(x),
          acceptance_(acceptance),
          push_(hmc.push_.data()) {}

    Status start() {
        Status status = hmc_.evaluate(posterior_, excess_, x_);
        if (status.ok()) status = posterior_.draw_momentum(bitgens_, hmc_.velocity_.data());
        for (std::size_t c = 0; c < hmc_.chains_; ++c) {
            hmc_.angle_[c] = spread_angle(step_size_, *bitgens_[c]);
            hmc_.error_[c] = hmc_.excess_[c];
            std::copy_n(x_[c], hmc_.size_, &hmc_.position_[c * hmc_.size_]);
            hmc_.differentiate(excess_, x_[c], c);
        }
        return status;
    }

    void kick(double share) {
        for (std::size_t c = 0; c < hmc_.chains_; ++c) hmc_.kick(c, share, push_);
    }

    void rotate() {
        for (std::size_t c = 0; c < hmc_.chains_; ++c) hmc_.rotate(posterior_.mean(), c);
    }

    Status differentiate(bool) {
        for (std::size_t c = 0; c < hmc_.chains_; ++c)
            hmc_.proposed_excess_[c] = hmc_.differentiate(excess_, &hmc_.position_[c * hmc_.size_], c);
        push_ = hmc_.proposed_push_.data();
        return posterior_.covariance_product(hmc_.gradient_.data(), hmc_.proposed_push_.data());
    }

    void accept() {
        for (std::size_t c = 0; c < hmc_.chains_; ++c) hmc_.accept(c, *bitgens_[c], x_[c], acceptance_[c]);
    }

  private:
    FunctionHmc& hmc_;
    SitesPosterior& posterior_;
    Excess& excess_;
    double step_size_;
    BitGen* const* bitgens_;
    double* const* x_;
    double* acceptance_;
    const double* push_;  // of the last gradient
};

Status FunctionHmc::run(SitesPosterior& posterior, Excess& excess, const LeapfrogSettings& settings,
                        BitGen* const* bitgens, double* const* x, double* acceptance) {
    Motion motion(*this, posterior, excess, settings.step_size, bitgens, x, acceptance);
    return leapfrog(motion, settings.steps);
}

Status FunctionHmc::evaluate(SitesPosterior& posterior, Excess& excess, double* const* x) {
    if (known_) return {};
    for (std::size_t c = 0; c < chains_; ++c) excess_[c] = differentiate(excess, x[c], c);
    known_ = true;
    return posterior.covariance_product(gradient_.data(), push_.data());
}

void FunctionHmc::rotate(const double* mean, std::size_t chain) {
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
void FunctionHmc::kick(std::size_t chain, double share, const double* push) {
    const double time = share * angle_[chain];
    const double* all_pushes = push + chain * size_;
    const double* of_g = all_pushes + size_ - n_;
    double* v = &velocity_[chain * size_];
    const double* h = &gradient_[chain * n_];
    error_[chain] += time * (dot(v + size_ - n_, h, n_) + 0.5 * time * dot(h, of_g, n_));
    for (std::size_t i = 0; i < size_; ++i) v[i] += time * all_pushes[i];
}

void FunctionHmc::accept(std::size_t chain, BitGen& bitgen, double* x, double& acceptance) {
    acceptance = acceptance_probability(error_[chain] - proposed_excess_[chain]);
    if (!(bitgen.next_double(bitgen.state) < acceptance)) return;
    std::copy_n(&position_[chain * size_], size_, x);
    std::copy_n(&proposed_push_[chain * size_], size_, &push_[chain * size_]);
    excess_[chain] = proposed_excess_[chain];
}

}  // namespace polyagamma
