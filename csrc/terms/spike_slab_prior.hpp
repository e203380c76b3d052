#pragma once

#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/effect_scales.hpp"
#include "terms/prior.hpp"

namespace polyagamma {

// Coefficients that are in the model, β_j u_j ~ N(0, τ²) in units u_j of their own, with probability π, and
// else are 0 (Mitchell and Beauchamp 1988, JASA 83, 1023; George and McCulloch 1997, Statistica Sinica 7,
// 339, section 2): a slab and a spike. Others, such as the intercept, are N(m_j, 1/u_j²) and always in. π is
// known or has a beta prior, τ is known or has one of a standard deviation.
class SpikeSlabPrior final : public Prior {
  public:
    struct Columns {
        Vector mean, unit;
        std::vector<bool> spiked;
    };
    // `known` unless both of the beta prior's numbers are positive.
    struct Inclusion {
        double known = 0.5, a = 0.0, b = 0.0;
    };
    // `known` unless there is a prior.
    struct Slab {
        double known = 1.0;
        std::optional<ScalePrior> prior;
    };
    SpikeSlabPrior(Columns columns, Inclusion inclusion, Slab slab);

    // That of all coefficients if they are in and τ is the scale of its prior.
    const GaussianPrior& conditional() const override { return conditional_; }
    std::unique_ptr<Prior> for_chain() const override { return std::make_unique<SpikeSlabPrior>(*this); }
    const SpikeSlabPrior* spike_slab() const override { return this; }
    // τ and π, if they are sampled; for each coefficient that has a spike 1 if it is in, and else 0.
    Vector scales() const override;
    void set_scales(const double* scales) override;
    // τ and π given the coefficients, of which those that are not 0 are in.
    void update_scales(const double* beta, BitGen& bitgen) override;
    // Of log τ, logit π and what is in, with the normaliser of what is in.
    double log_density_of_scales() const override;

    const Columns& columns() const { return columns_; }
    // The coefficients that have a spike.
    const std::vector<std::size_t>& spiked() const { return spiked_; }
    bool in(std::size_t j) const { return in_[j]; }
    std::size_t count_in() const { return count_in_; }  // of those that have a spike
    void set_in(std::size_t j, bool in);
    // A start near the scale of τ's prior, with a few coefficients in.
    void start(BitGen& bitgen);

    // Standard deviations of coefficients that are in.
    double deviation(std::size_t j) const { return (columns_.spiked[j] ? tau_ : 1.0) / columns_.unit[j]; }
    // Log odds that a coefficient is in if so many others are, π integrated out.
    double log_odds(std::size_t others) const;
    // All coefficients that have a spike times e^x, and τ too if it is sampled: the log density as a function
    // of x, with the Jacobian and but for a constant.
    struct Scaling {
        const SpikeSlabPrior& prior;
        double squares;  // Σ(β/τ)²
        double log_density(double x) const;
    };
    Scaling scaling(const double* beta) const { return {*this, squares(beta) / (tau_ * tau_)}; }
    void scale_slab(double x) { tau_ *= slab_.prior ? std::exp(x) : 1.0; }
    // log p(β | what is in), but for the normaliser.
    double log_density_of(const double* beta) const;

  private:
    bool samples_inclusion() const { return inclusion_.a > 0.0 && inclusion_.b > 0.0; }
    void update_tau(const double* beta, BitGen& bitgen);
    void update_inclusion(BitGen& bitgen);
    double log_prior_of_tau(double log_tau) const;
    double squares(const double* beta) const;  // Σ(βu)² of those that have a spike

    Columns columns_;
    std::vector<std::size_t> spiked_;
    Inclusion inclusion_;
    Slab slab_;
    double tau_, pi_;
    std::vector<bool> in_;
    std::size_t count_in_ = 0;
    GaussianPrior conditional_;
};

}  // namespace polyagamma
