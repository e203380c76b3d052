#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/local_scale.hpp"
#include "terms/prior.hpp"

namespace polyagamma {

// Coefficients (β_j − m_j) u_j ~ N(0, v_j) in units u_j of their own: those of group g have
// v_j = 1/(1/(τ_g λ_j)² + 1/c²) (without a slab (τ_g λ_j)²), τ_g half-Cauchy with scale τ0_g, λ_j of a
// distribution of scales; others, such as the intercept, keep N(m_j, 1/u_j²). With a slab p(β | λ, τ, c) has
// its normaliser, as in Piironen and Vehtari (2017, Electronic Journal of Statistics 11, 5018), so that λ is
// half-Cauchy; Nishimura and Suchard (2023, Bayesian Analysis 18, 367) leave it out, which is another prior.
class ShrinkagePrior final : public Prior {
  public:
    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    struct Columns {
        Vector mean, unit;
        std::vector<std::size_t> group;  // kNone: never shrunk
    };
    // c² is inverse gamma (degrees/2, degrees scale²/2), or scale² if degrees is 0; scale 0: no slab.
    struct Slab {
        double scale = 0.0, degrees = 0.0;
    };
    ShrinkagePrior(Columns columns, std::shared_ptr<const LocalScale> local, Vector tau0, Slab slab);

    const GaussianPrior& conditional() const override { return conditional_; }
    std::unique_ptr<Prior> for_chain() const override { return std::make_unique<ShrinkagePrior>(*this); }
    const ShrinkagePrior* shrinkage() const override { return this; }
    ShrinkagePrior* shrinkage() override { return this; }
    // τ; c, if it is sampled; λ of the coefficients that are shrunk, in their order, unless all are 1.
    Vector scales() const override;
    void set_scales(const double* scales) override;
    void update_scales(const double* beta, BitGen& bitgen) override;
    void update_scales_given_tau(const double* beta, BitGen& bitgen);
    // Of log τ, log c and log λ. λ is marginalised where its density has no closed form, and then the value
    // is that at the coefficients of the last update.
    double log_density_of_scales() const override;
    std::unique_ptr<NoncenteredPrior> noncentered(const Blas& blas) const override;

    const Columns& columns() const { return columns_; }
    const LocalScale& local() const { return *local_; }
    std::size_t groups() const { return tau0_.size(); }
    const Vector& tau0() const { return tau0_; }
    bool has_slab() const { return slab_prior_.scale > 0.0; }
    bool samples_slab() const { return has_slab() && slab_prior_.degrees > 0.0; }
    const Slab& slab_prior() const { return slab_prior_; }
    // The coefficients that are shrunk.
    const std::vector<std::size_t>& shrunk() const { return shrunk_; }

    // The scales: τ of a group, c, λ² of each coefficient.
    double tau(std::size_t group) const { return tau_[group]; }
    double slab() const { return slab_; }
    const Vector& squares() const { return square_; }
    void set_tau(std::size_t group, double value);
    void set_slab(double value);
    void set_square(std::size_t j, double value);
    void set_squares(const Vector& squares) { square_ = squares; }

    // Variances of β_j: v_j/u_j².
    double variance(std::size_t j) const { return variance_at(j, square_[j]); }
    double variance_at(std::size_t j, double square) const;
    // v, from (τλ)².
    double shrunk_variance(double free) const;
    double log_prior_of_tau(std::size_t group, double log_tau) const;
    double log_prior_of_slab(double log_slab) const;
    // log p(β | scales), but for a constant.
    double log_density_of(const double* beta) const;

    // τ given β, λ marginalised, by a slice; λ given β and τ, exactly; c given all of them.
    void update_tau(const double* beta, BitGen& bitgen);
    void update_squares(const double* beta, BitGen& bitgen);
    void update_slab(const double* beta, BitGen& bitgen);
    // `conditional` anew, after changes of scales.
    void refresh();

  private:
    // ½ ((β_j − m_j) u_j)².
    double half_square(std::size_t j, const double* beta) const {
        const double x = (beta[j] - columns_.mean[j]) * columns_.unit[j];
        return 0.5 * x * x;
    }
    double log_marginal(std::size_t group, const double* beta, double log_tau) const;
    double log_density_given_slab(const double* beta, double slab) const;

    Columns columns_;
    std::vector<std::size_t> shrunk_;
    std::shared_ptr<const LocalScale> local_;
    Vector tau0_;
    Slab slab_prior_;
    Vector tau_, square_;
    double slab_, marginal_ = 0.0;
    GaussianPrior conditional_;
};

}  // namespace polyagamma
