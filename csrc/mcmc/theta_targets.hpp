#pragma once

#include <cmath>
#include <utility>

#include "likelihood/pseudo_data.hpp"
#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/metropolis.hpp"
#include "mcmc/noise_circle.hpp"
#include "terms/buffers.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// log p(y | g = T(θ) ν), ν kept and ω integrated out.
template <class Rows>
class WhitenedTarget final : public ThetaTarget {
  public:
    WhitenedTarget(Term& term, const Rows& rows, Latent current, Vector& proposed_g)
        : term_(term), rows_(rows), current_(current), proposed_g_(proposed_g) {}

    double at_current() const { return log_likelihood(rows_, current_.g.data()); }
    Status log_density(Side side, double& value) override {
        const Status result = term_.transform(side, current_.whitened.data(), proposed_g_.data());
        if (!result.ok()) return result;
        value = log_likelihood(rows_, proposed_g_.data());
        return std::isfinite(value) ? Status{} : Status{Status::Kind::not_finite};
    }
    void accepted() override {
        current_.g.swap(proposed_g_);
        moved_ = true;
    }
    // Whether a proposal has been accepted.
    bool moved() const { return moved_; }

  private:
    Term& term_;
    const Rows& rows_;
    Latent current_;
    Vector& proposed_g_;
    bool moved_ = false;
};

// With the surrogate S for the likelihood L, and g(θ, noise) its draw, p(θ) L(g) N(g; 0, K_θ) is, as a
// density of θ and noise, p(θ) p_S(z | θ) L(g)/S(g) N(noise; 0, I). The shift that pseudo-data share, where
// they do, is part of the noise: integrated out of S, it changes neither S(g) nor p_S.
template <class LogRatio>
class SurrogateTarget final : public ThetaTarget {
  public:
    // log_ratio(g): log L/S. `log_evidence`: log p_S at the current θ, and kept so.
    SurrogateTarget(Term& term, const PseudoData& surrogate, LogRatio log_ratio, const Vector& noise,
                    Latent current, Latent proposed, double& log_evidence)
        : term_(term),
          surrogate_(surrogate),
          log_ratio_(std::move(log_ratio)),
          noise_(noise),
          current_(current),
          proposed_(proposed),
          log_evidence_(log_evidence) {}

    double at_current() const { return log_evidence_ + log_ratio_(current_.g.data()); }
    Status log_density(Side side, double& value) override {
        Status result = term_.condition(side, surrogate_, proposed_evidence_);
        if (result.ok())
            result =
                term_.draw(side, surrogate_, noise_.data(), proposed_.whitened.data(), proposed_.g.data());
        if (!result.ok()) return result;
        value = proposed_evidence_ + log_ratio_(proposed_.g.data());
        return std::isfinite(value) ? Status{} : Status{Status::Kind::not_finite};
    }
    void accepted() override {
        current_.whitened.swap(proposed_.whitened);
        current_.g.swap(proposed_.g);
        log_evidence_ = proposed_evidence_;
    }

  private:
    Term& term_;
    const PseudoData surrogate_;
    LogRatio log_ratio_;
    const Vector& noise_;
    Latent current_, proposed_;
    double& log_evidence_;
    double proposed_evidence_ = 0.0;
};

// The same with the noise u integrated out as far as a circle goes: with v ~ N(0, I), the mean of L/S over
// the noises u_j = u cos φ_j + v sin φ_j, φ_j = 2πj / N, takes the place of L/S at u, and one of them,
// chosen in proportion to its L/S, is the noise of the new state.
//
// It leaves p(θ) p_S(z | θ) w(θ, u) N(u; 0, I), w = L/S, invariant. Give the state an index j, uniform, and
// turn (u, v) back by φ_j into (a, b), so that u is point j of the circle of (a, b): N(0, I) of the pair is
// blind to turns, so that the joint density is p(θ) p_S(z | θ) w(θ, u_j(a, b)) N(a; 0, I) N(b; 0, I) / N.
// Metropolis steps of θ given (a, b), j summed out, have the target p(θ) p_S(z | θ) Σ_j w(θ, u_j) / N; then j
// given all else has probabilities in proportion to w(θ, u_j). The sum and the choice do not depend on which
// point is called the first, so that u may be it always. These are the ensembles of Neal (2010, arXiv
// 1101.0387), or the unbiased estimates of Andrieu and Roberts (2009, Ann. Stat. 37, 697) with their state
// refreshed, on the ellipse of Murray, Adams and MacKay (2010, AISTATS 9, 541).
template <class Ratio>
class CircleTarget final : public ThetaTarget {
  public:
    // `ratio`: log L/S, on ellipses. `log_evidence`: log p_S at the current θ, and kept so.
    CircleTarget(Term& term, const PseudoData& surrogate, const Ratio& ratio, const NoisePair& noise,
                 Buffers<NoiseCircle>& circles, double& log_evidence)
        : term_(term),
          surrogate_(surrogate),
          ratio_(ratio),
          noise_(noise),
          circles_(circles),
          log_evidence_(log_evidence) {}

    // The first noise makes `current`.
    Status start(Latent current, double& value) {
        NoiseCircle& circle = circles_[Side::current];
        const Status result = circle.draw(term_, Side::current, surrogate_, noise_, current);
        if (!result.ok()) return result;
        circle.weigh(ratio_);
        value = log_evidence_ + circle.log_mean();
        return {};
    }
    Status log_density(Side side, double& value) override {
        NoiseCircle& circle = circles_[Side::proposed];
        Status result = term_.condition(side, surrogate_, proposed_evidence_);
        if (result.ok()) result = circle.draw(term_, side, surrogate_, noise_);
        if (!result.ok()) return result;
        circle.weigh(ratio_);
        value = proposed_evidence_ + circle.log_mean();
        return std::isfinite(value) ? Status{} : Status{Status::Kind::not_finite};
    }
    void accepted() override {
        circles_.swap();
        log_evidence_ = proposed_evidence_;
    }
    // The new state.
    void choose(double uniform, Latent current) const { circles_[Side::current].choose(uniform, current); }

  private:
    Term& term_;
    const PseudoData surrogate_;
    const Ratio& ratio_;
    const NoisePair& noise_;
    Buffers<NoiseCircle>& circles_;
    double& log_evidence_;
    double proposed_evidence_ = 0.0;
};

}  // namespace polyagamma
