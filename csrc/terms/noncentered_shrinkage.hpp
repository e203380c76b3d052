#pragma once

#include <cstddef>
#include <utility>

#include "terms/noncentered_prior.hpp"
#include "terms/shrinkage_prior.hpp"

namespace polyagamma {

// A shrinkage prior in the coordinates z, log λ, log τ and log c, with β_j = m_j + √v_j z_j/u_j: all of them
// move at once, so that coefficients and scales need not wait for each other.
class NoncenteredShrinkage final : public NoncenteredPrior {
  public:
    // Of a prior whose λ have a density.
    explicit NoncenteredShrinkage(ShrinkagePrior prior) : prior_(std::move(prior)) {}

    std::size_t size() const override {
        return coefficients() + local_count() + prior_.groups() + (prior_.samples_slab() ? 1 : 0);
    }
    std::size_t coefficients() const override { return prior_.columns().mean.size(); }
    // (τλ)² and standard deviations, of those that are shrunk.
    std::size_t workspace() const override { return 2 * prior_.shrunk().size(); }
    void coefficients_at(const double* q, double* beta, double* work) const override;
    void differentiate(const double* q, const double* beta, const double* of_beta, double* gradient,
                       const double* work) const override;
    double log_density_of_coordinates(const double* q) const override;
    void coordinates_of(const double* beta, double* q) const override;
    void variances(const double* q, const double* curvature, double* variance) const override;
    Vector centre() const override;
    Vector scales(const double* q) const override;
    double log_density(const double* q) const override;
    const NoncenteredShrinkage* shrinkage() const override { return this; }

    const ShrinkagePrior& centred() const { return prior_; }
    // Where log λ of the coefficient shrunk()[i] and log τ of a group are.
    std::size_t local_place(std::size_t i) const { return coefficients() + i; }
    std::size_t tau_place(std::size_t group) const { return taus() + group; }
    // 1/c², 0 without a slab.
    double bound(const double* q) const;
    // v of a coefficient of a group with that log λ; `bound`: that of q.
    double variance(const double* q, std::size_t group, double log_lambda, double bound) const;

  private:
    std::size_t local_count() const { return prior_.local().fixed() ? 0 : prior_.shrunk().size(); }
    // The place of the first log τ; log c follows them.
    std::size_t taus() const { return coefficients() + local_count(); }
    double slab(const double* q) const;
    void find_sds(const double* q, double* work) const;
    // Of all coefficients.
    Vector sds(const double* q) const;
    double log_density_of_scales(const double* q) const;

    ShrinkagePrior prior_;
};

}  // namespace polyagamma
