#include "terms/sparse_arms.hpp"

#include <cmath>

#include "math/log_product.hpp"

namespace polyagamma {

SparseArms::SparseArms(const AdditiveDesign& design)
    : design_(&design),
      q_(design.columns()),
      corner_(design.groups() * q_ * q_),
      arm_(q_ == 0 ? 0 : q_ * design.first_neighbour(design.groups())) {}

Status SparseArms::factor(const AdditiveGram& gram, const double* lambda, double* rest) {
    for (std::size_t g = 0; g < design_->groups(); ++g) {
        if (const Status status = factor_group(g, gram, lambda); !status.ok()) return status;
        subtract_arm(g, rest);
    }
    return {};
}

// C_g, and U_g = C_g⁻¹B_g.
Status SparseArms::factor_group(std::size_t g, const AdditiveGram& gram, const double* lambda) {
    const std::size_t count = design_->neighbours(g);
    double* c = &corner_[g * q_ * q_];
    double* u = arm_.data() + q_ * design_->first_neighbour(g);
    const double *d = gram.group(g), *b = gram.products(g);
    for (std::size_t i = 0; i < q_; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = d[i * q_ + j] + lambda[i * q_ + j];
            for (std::size_t k = 0; k < j; ++k) sum -= c[i * q_ + k] * c[j * q_ + k];
            if (i == j && !(sum > 0.0)) return {Status::Kind::not_positive_definite, g * q_ + i};
            c[i * q_ + j] = i == j ? std::sqrt(sum) : sum / c[j * q_ + j];
        }
        const double reciprocal = 1.0 / c[i * q_ + i];
        for (std::size_t s = 0; s < count; ++s) u[i * count + s] = b[i * count + s];
        for (std::size_t k = 0; k < i; ++k)
            for (std::size_t s = 0; s < count; ++s) u[i * count + s] -= c[i * q_ + k] * u[k * count + s];
        for (std::size_t s = 0; s < count; ++s) u[i * count + s] *= reciprocal;
    }
    return {};
}

// The rest's matrix less U_gᵀU_g.
void SparseArms::subtract_arm(std::size_t g, double* rest) const {
    const std::size_t count = design_->neighbours(g);
    const std::int32_t* column = design_->neighbour(g);
    for (std::size_t a = 0; a < q_; ++a) {
        const double* u = arm(g) + a * count;
        for (std::size_t s = 0; s < count; ++s) {
            double* row = rest + static_cast<std::size_t>(column[s]) * design_->rest();
            for (std::size_t t = 0; t <= s; ++t) row[column[t]] -= u[s] * u[t];
        }
    }
}

double SparseArms::log_diagonal() const {
    LogProduct product;
    for (std::size_t i = 0; i < design_->groups() * q_; ++i) product.multiply(corner_[i * q_ + i % q_]);
    return product.log();
}

void SparseArms::solve(const double* others, double* own) const {
    for (std::size_t g = 0; g < design_->groups(); ++g, own += q_) {
        const std::size_t count = design_->neighbours(g);
        const std::int32_t* column = design_->neighbour(g);
        const double *c = corner(g), *arms = arm(g);
        for (std::size_t i = q_; i-- > 0;) {
            double sum = own[i];
            for (std::size_t s = 0; s < count; ++s) sum -= arms[i * count + s] * others[column[s]];
            for (std::size_t k = i + 1; k < q_; ++k) sum -= c[k * q_ + i] * own[k];
            own[i] = sum / c[i * q_ + i];
        }
    }
}

void SparseArms::whiten(const double* own, const double* others, double* u) const {
    for (std::size_t g = 0; g < design_->groups(); ++g, own += q_, u += q_) {
        const std::size_t count = design_->neighbours(g);
        const std::int32_t* column = design_->neighbour(g);
        const double *c = corner(g), *arms = arm(g);
        for (std::size_t i = 0; i < q_; ++i) {
            double sum = 0.0;
            for (std::size_t k = i; k < q_; ++k) sum += c[k * q_ + i] * own[k];
            for (std::size_t s = 0; s < count; ++s) sum += arms[i * count + s] * others[column[s]];
            u[i] = sum;
        }
    }
}

void SparseArms::pull_back(double* own, double* others) const {
    for (std::size_t g = 0; g < design_->groups(); ++g, own += q_) {
        const std::size_t count = design_->neighbours(g);
        const std::int32_t* column = design_->neighbour(g);
        const double *c = corner(g), *arms = arm(g);
        for (std::size_t i = 0; i < q_; ++i) {
            double sum = own[i];
            for (std::size_t k = 0; k < i; ++k) sum -= c[i * q_ + k] * own[k];
            own[i] = sum / c[i * q_ + i];
            for (std::size_t s = 0; s < count; ++s) others[column[s]] -= arms[i * count + s] * own[i];
        }
    }
}

}  // namespace polyagamma
