#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "likelihood/count_table.hpp"
#include "likelihood/warp.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// The log dispersion ρ = log r of a negative binomial likelihood, as a warped coordinate z: its prior, what
// counts and dispersion alone make of the density, and its updates, which ask the rows for sums at values of
// ρ, wherever these are.
class LogDispersion {
  public:
    // log p(ρ) = shape ρ − rate e^ρ − scale e^{−ρ} but for a constant: r or 1/r is gamma-distributed, or
    // r^-½ half-normal.
    struct Prior {
        double shape, rate, scale;
    };
    using RowSum = std::function<double(double rho)>;
    using RowSums = std::function<std::pair<double, double>(double rho, double other_rho)>;

    LogDispersion(std::shared_ptr<const CountTable> table, Prior prior);

    double at(double z) const { return warp_.at(z).value; }
    const Warp& warp() const { return warp_; }
    void set_warp(const Warp& warp) { warp_ = warp; }

    // All of the log density of z but the rows' sum. of_z: their derivative in ρ, which becomes that of all
    // in z.
    double log_density(double z, double* of_z) const;
    // See Likelihood::curvature_of_extras; `slopes`: Σ∂ℓ/∂ρ of the rows, for two values at once.
    double curvature(double z, const RowSums& slopes) const;
    // See Likelihood::update_extras; `log_likelihood`: Σℓ of the rows.
    double update(double z, const RowSum& log_likelihood, BitGen& bitgen) const;

  private:
    std::shared_ptr<const CountTable> table_;
    Prior prior_;
    Warp warp_;
};

}  // namespace polyagamma
