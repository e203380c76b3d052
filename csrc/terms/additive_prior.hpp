#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "terms/additive_design.hpp"

namespace polyagamma {

// The prior of all coordinates x of an additive model and of their scales: x | θ ~ N(μ, Q(θ)⁻¹), Q block
// diagonal, θ those of all blocks, one after the other.
class AdditivePrior {
  public:
    explicit AdditivePrior(std::vector<EffectBlock> blocks);

    const std::vector<EffectBlock>& blocks() const { return blocks_; }
    std::size_t size() const { return size_; }  // of x
    std::size_t theta_size() const { return n_theta_; }
    std::size_t first(std::size_t block) const { return first_[block]; }
    std::size_t first_theta(std::size_t block) const { return first_theta_[block]; }

    // Λ (columns, columns) of the eliminated block, and log |Q| but for that of known precisions.
    double eliminated_precision(const double* theta, double* lambda) const;
    double log_determinant(const double* theta) const;
    // Adds Q of the rest to the lower triangle of `matrix` (rest, rest).
    void add_rest_precision(const double* theta, std::size_t rest, double* matrix) const;
    // −½ xᵀ(Q(θ) − Q(anchor))x, and its derivative added.
    double add_difference(const double* theta, const double* anchor, const double* x, double* gradient) const;
    // Adds Qμ.
    void add_linear(double* r) const;

    // log p(θ), Jacobians included, but for a constant.
    double log_prior(const double* theta) const;
    // log p(x | θ) + log p(scales) in natural units, but for a constant.
    double log_density(const double* theta, const double* x) const;
    // Σ over the levels of a block of x_l x_lᵀ (columns, columns).
    void cross_products(std::size_t block, const double* x, double* out) const;

    void to_natural(const double* theta, double* values) const;
    bool from_natural(const double* values, double* theta) const;

  private:
    std::vector<EffectBlock> blocks_;
    std::size_t eliminated_, size_ = 0, n_theta_ = 0;
    std::vector<std::size_t> first_, first_theta_;
};

}  // namespace polyagamma
