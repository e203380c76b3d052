#pragma once

#include <cmath>
#include <utility>

#include "likelihood/pseudo_data.hpp"
#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/metropolis.hpp"
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

}  // namespace polyagamma
