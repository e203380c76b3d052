#pragma once

#include <cstddef>

#include "likelihood/excess.hpp"
#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/step_size.hpp"
#include "random/bitgen.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// The posterior N(m, Σ) that the surrogate makes of positions x (size,), whose last n numbers are g.
class SitesPosterior {
  public:
    virtual ~SitesPosterior() = default;
    virtual std::size_t size() const = 0;
    virtual const double* mean() const = 0;
    // out (chains, size) = Cov(x, g) h of every chain, h (chains, n).
    virtual Status covariance_product(const double* h, double* out) = 0;
    // out (chains, size) ~ N(0, Σ).
    virtual Status draw_momentum(BitGen* const* bitgens, double* out) = 0;
};

// The split Hamiltonian Monte Carlo of HmcUpdate for a density N(x; m, Σ) e^{excess(g)}, which is that of g
// given the hyperparameters, ω marginalised: the flow of the Gaussian part is a rotation around m. The
// momentum v is a velocity with law N(0, Σ), so that a kick adds Σ∇excess, and the energy error follows from
// products with Σ alone: no inverse of it, and no factor but for drawing v. Chains advance in lockstep.
class FunctionHmc {
  public:
    FunctionHmc(std::size_t n, std::size_t size, std::size_t chains);

    // Positions, excess or posterior are not those after the last run.
    void forget() { known_ = false; }
    // One trajectory of every chain. x: positions (size,); acceptance (chains,): probabilities.
    Status run(SitesPosterior& posterior, Excess& excess, const LeapfrogSettings& settings,
               BitGen* const* bitgens, double* const* x, double* acceptance);
    // excess(g) at the positions.
    double excess(std::size_t chain) const { return excess_[chain]; }

  private:
    class Motion;
    // The gradient of the excess at positions x, into gradient_; returns the excess.
    double differentiate(Excess& excess, const double* x, std::size_t chain) {
        return excess.differentiate(x + size_ - n_, &gradient_[chain * n_]);
    }
    Status evaluate(SitesPosterior& posterior, Excess& excess, double* const* x);
    void rotate(const double* mean, std::size_t chain);
    void kick(std::size_t chain, double share, const double* push);
    void accept(std::size_t chain, BitGen& bitgen, double* x, double& acceptance);

    std::size_t n_, size_, chains_;
    bool known_ = false;
    Vector gradient_;                  // (chains, n): of the excess
    Vector position_, velocity_;       // (chains, size): on the way
    Vector push_, proposed_push_;      // (chains, size): Cov(x, g) gradient, at x and on the way
    Vector excess_, proposed_excess_;  // (chains,)
    Vector angle_, error_;             // (chains,): between kicks; of the energy
};

}  // namespace polyagamma
