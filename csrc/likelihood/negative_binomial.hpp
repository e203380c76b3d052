#pragma once

#include <memory>
#include <vector>

#include "likelihood/count_table.hpp"
#include "likelihood/likelihood.hpp"
#include "likelihood/log_dispersion.hpp"

namespace polyagamma {

// Counts y of weight w with mean μ = e^η and variance μ + μ²/r: density ∝ Γ(y + r) / Γ(r) σ^y (1 − σ)^r with
// σ = 1 / (1 + e^{ρ−η}), ρ = log r. In the log mean, coefficients and ρ are orthogonal (Fisher information),
// which they are far from in the log odds η − ρ.
class NegativeBinomial final : public Likelihood {
  public:
    using DispersionPrior = LogDispersion::Prior;

    NegativeBinomial(const double* y, const double* weights, std::size_t rows, DispersionPrior prior);
    // With a known ρ, and no extras.
    NegativeBinomial(const double* y, const double* weights, std::size_t rows, double rho);
    // For sums over rows alone: a share of the rows of a model, which has their dispersion.
    NegativeBinomial(const double* y, const double* weights, std::size_t rows);

    void derivative(RowBlock rows, double* eta) const override;
    void derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const override;
    void curvature(RowBlock rows, double* eta) const override;
    const PolyaGammaForm* polya_gamma() const override { return &form_; }
    std::unique_ptr<Likelihood> merged(const std::vector<std::size_t>& place, std::size_t m) const override;
    std::unique_ptr<Likelihood> for_chain() const override;

    std::size_t extras() const override { return sampled_ ? 1 : 0; }
    // `z` stands for ρ, and plays no part if ρ is known.
    void derivative_at(const double* z, RowBlock rows, double* eta, double* of_rho,
                       double* log_density) const override;
    void curvature_at(const double* z, RowBlock rows, double* eta) const override;
    double log_density_of_extras(const double* z, double* of_z) const override;
    void curvature_of_extras(const double* z, const double* eta, double* curvature) const override;
    const Warp* warp() const override { return sampled_ ? &dispersion_.warp() : nullptr; }
    void set_warp(const Warp& warp) override { dispersion_.set_warp(warp); }
    std::unique_ptr<Likelihood> at_extras(const double* rho) const override;
    void update_extras(const double* eta, double* z, BitGen& bitgen) override;

  private:
    NegativeBinomial(LogDispersion dispersion, std::size_t rows, bool sampled);
    // Of these rows, with the same counts behind them.
    std::unique_ptr<NegativeBinomial> of_rows(std::size_t rows) const;
    void set_rows(const double* y, const double* weights);
    void set_form(double rho);
    // Those of rows at ρ.
    void differentiate(double rho, RowBlock rows, double* eta, double* of_rho, double* log_density) const;
    void bend(double rho, RowBlock rows, double* eta) const;
    double sum_of(const double* eta, double rho, bool slope) const;

    LogDispersion dispersion_;
    bool sampled_;             // whether ρ is
    Vector totals_, weights_;  // padded; totals: weighted counts
    double rho_ = 0.0;         // of the Pólya-gamma form, and the known one
    Vector b_, kappa_;
    PolyaGammaForm form_{nullptr, nullptr};
};

}  // namespace polyagamma
