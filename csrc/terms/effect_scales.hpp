#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"

namespace polyagamma {

// Prior of a standard deviation: half-normal, half-t or exponential. `scale` of the last is its mean.
struct ScalePrior {
    enum class Family { half_normal, half_t, exponential };
    Family family;
    double degrees_of_freedom, scale;

    // But for a constant.
    double log_density(double s) const;
};

// What the families are called, in their order.
inline constexpr std::array<const char*, 3> kScaleFamilies{"half_normal", "half_t", "exponential"};

// Effects x_l ~ N(0, Σ) of levels l, q for each: Σ = diag(s) R diag(s), with R = I or R ~ LKJ(η). Its
// coordinates θ are log s, then, column by column of R below the diagonal and row-wise, atanh of the partial
// correlations p_ij given the columns before j (Lewandowski, Kurowicka and Joe 2009, J. Multivariate Anal.
// 100, 1989): R = C Cᵀ with C_ij = p_ij Π_{k<j} √(1 − p_ik²). Any θ is a covariance matrix.
class EffectScales {
  public:
    EffectScales(std::vector<ScalePrior> sds, bool correlated, double eta);

    std::size_t columns() const { return sds_.size(); }
    // Numbers in θ, and as many in natural units: the standard deviations, then the correlations.
    std::size_t size() const { return sds_.size() + correlations(); }

    // Λ = Σ⁻¹ (q, q), and log |Λ|.
    double precision(const double* theta, double* lambda) const;
    double log_determinant(const double* theta) const;
    // Log prior density of θ, and of s and R; −infinity where doubles end.
    double log_prior(const double* theta) const;
    double log_prior_natural(const double* theta) const;

    void to_natural(const double* theta, double* values) const;
    // False if they are no standard deviations and correlations.
    bool from_natural(const double* values, double* theta) const;
    // θ of uncorrelated effects whose standard deviations are that share of the scales of their priors.
    void start(double share, double* theta) const;
    // θ of the covariance matrix (q, q), its correlations shrunk if it has none that fit.
    void from_covariance(const double* covariance, double* theta) const;

  private:
    std::size_t correlations() const { return correlated_ ? columns() * (columns() - 1) / 2 : 0; }
    // C (q, q), lower.
    void correlation_factor(const double* theta, double* factor) const;
    // Σ weight(j) log(1 − p_ij²).
    template <class Weight>
    double sum_of_partials(const double* theta, Weight weight) const;

    std::vector<ScalePrior> sds_;
    bool correlated_;
    double eta_;
};

}  // namespace polyagamma
