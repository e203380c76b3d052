#include "terms/additive_prior.hpp"

#include <algorithm>
#include <utility>

namespace polyagamma {

AdditivePrior::AdditivePrior(std::vector<EffectBlock> blocks)
    : blocks_(std::move(blocks)), eliminated_(AdditiveDesign::eliminated(blocks_)), first_(blocks_.size()) {
    for (const std::size_t k : AdditiveDesign::order(blocks_)) {
        first_[k] = size_;
        size_ += blocks_[k].size();
    }
    for (const EffectBlock& block : blocks_) {
        first_theta_.push_back(n_theta_);
        if (block.scales) n_theta_ += block.scales->size();
    }
}

double AdditivePrior::eliminated_precision(const double* theta, double* lambda) const {
    if (eliminated_ == AdditiveDesign::kNone) return 0.0;
    return blocks_[eliminated_].scales->precision(theta + first_theta_[eliminated_], lambda);
}

double AdditivePrior::log_determinant(const double* theta) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        const EffectBlock& block = blocks_[k];
        if (!block.scales) continue;
        sum += static_cast<double>(block.levels) * block.scales->log_determinant(theta + first_theta_[k]);
    }
    return sum;
}

void AdditivePrior::add_rest_precision(const double* theta, std::size_t rest, double* matrix) const {
    const std::size_t before = size_ - rest;
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        if (k == eliminated_) continue;
        const EffectBlock& block = blocks_[k];
        const std::size_t q = block.scales ? block.columns : block.levels;
        Vector of_scales(block.scales ? q * q : 0);
        if (block.scales) block.scales->precision(theta + first_theta_[k], of_scales.data());
        const Vector& lambda = block.scales ? of_scales : block.precision;
        for (std::size_t level = 0; level < block.size() / q; ++level) {
            double* corner = matrix + (first_[k] - before + level * q) * (rest + 1);
            for (std::size_t a = 0; a < q; ++a)
                for (std::size_t b = 0; b <= a; ++b) corner[a * rest + b] += lambda[a * q + b];
        }
    }
}

double AdditivePrior::add_difference(const double* theta, const double* anchor, const double* x,
                                     double* gradient) const {
    double square = 0.0;
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        const EffectBlock& block = blocks_[k];
        if (!block.scales) continue;
        const std::size_t q = block.columns;
        Vector difference(q * q), at_anchor(q * q);
        block.scales->precision(theta + first_theta_[k], difference.data());
        block.scales->precision(anchor + first_theta_[k], at_anchor.data());
        for (std::size_t i = 0; i < q * q; ++i) difference[i] -= at_anchor[i];
        for (std::size_t i = first_[k]; i < first_[k] + block.size(); i += q) {
            for (std::size_t a = 0; a < q; ++a) {
                double product = 0.0;
                for (std::size_t b = 0; b < q; ++b) product += difference[a * q + b] * x[i + b];
                gradient[i + a] -= product;
                square += product * x[i + a];
            }
        }
    }
    return -0.5 * square;
}

void AdditivePrior::add_linear(double* r) const {
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        if (blocks_[k].scales) continue;
        const std::size_t p = blocks_[k].levels;
        for (std::size_t a = 0; a < p; ++a)
            for (std::size_t b = 0; b < p; ++b)
                r[first_[k] + a] += blocks_[k].precision[a * p + b] * blocks_[k].mean[b];
    }
}

double AdditivePrior::log_prior(const double* theta) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < blocks_.size(); ++k)
        if (blocks_[k].scales) sum += blocks_[k].scales->log_prior(theta + first_theta_[k]);
    return sum;
}

double AdditivePrior::log_density(const double* theta, const double* x) const {
    double sum = 0.5 * log_determinant(theta);
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        const EffectBlock& block = blocks_[k];
        const std::size_t q = block.scales ? block.columns : block.levels;
        Vector lambda = block.precision, products(q * q);
        if (block.scales) {
            lambda.resize(q * q);
            block.scales->precision(theta + first_theta_[k], lambda.data());
            cross_products(k, x, products.data());
            sum += block.scales->log_prior_natural(theta + first_theta_[k]);
        } else {
            for (std::size_t a = 0; a < q; ++a)
                for (std::size_t b = 0; b < q; ++b)
                    products[a * q + b] =
                        (x[first_[k] + a] - block.mean[a]) * (x[first_[k] + b] - block.mean[b]);
        }
        for (std::size_t i = 0; i < q * q; ++i) sum -= 0.5 * lambda[i] * products[i];
    }
    return sum;
}

void AdditivePrior::cross_products(std::size_t block, const double* x, double* out) const {
    const std::size_t q = blocks_[block].columns;
    std::fill_n(out, q * q, 0.0);
    for (std::size_t level = 0; level < blocks_[block].levels; ++level) {
        const double* own = x + first_[block] + level * q;
        for (std::size_t a = 0; a < q; ++a)
            for (std::size_t b = 0; b < q; ++b) out[a * q + b] += own[a] * own[b];
    }
}

void AdditivePrior::to_natural(const double* theta, double* values) const {
    for (std::size_t k = 0; k < blocks_.size(); ++k)
        if (blocks_[k].scales)
            blocks_[k].scales->to_natural(theta + first_theta_[k], values + first_theta_[k]);
}

bool AdditivePrior::from_natural(const double* values, double* theta) const {
    for (std::size_t k = 0; k < blocks_.size(); ++k)
        if (blocks_[k].scales &&
            !blocks_[k].scales->from_natural(values + first_theta_[k], theta + first_theta_[k]))
            return false;
    return true;
}

}  // namespace polyagamma
