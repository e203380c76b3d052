#include "terms/arrow_factor.hpp"

#include <algorithm>

#include "linalg/dense.hpp"
#include "math/log_product.hpp"

namespace polyagamma {

ArrowFactor::ArrowFactor(const AdditiveDesign& design, const AdditivePrior& prior, const Blas& blas)
    : design_(&design),
      prior_(&prior),
      blas_(&blas),
      before_(design.groups() * design.columns()),
      rest_(design.rest()),
      arms_(make_group_arms(design)),
      lambda_(design.columns() * design.columns()),
      root_(rest_ * rest_),
      shift_(design.size()) {}

double ArrowFactor::work(const AdditiveDesign& design) {
    const auto m = static_cast<double>(design.rest());
    double sum = m * m * m / 6.0;
    for (std::size_t g = 0; g < design.groups(); ++g) {
        const auto count = static_cast<double>(design.neighbours(g));
        sum += 0.5 * static_cast<double>(design.columns()) * count * count;
    }
    return sum;
}

Status ArrowFactor::assign(const AdditiveGram& gram, const double* theta) {
    std::copy(gram.rest().begin(), gram.rest().end(), root_.begin());
    prior_->add_rest_precision(theta, rest_, root_.data());
    prior_->eliminated_precision(theta, lambda_.data());
    Status status = arms_->factor(gram, lambda_.data(), root_.data());
    if (!status.ok()) return status;
    if (status = cholesky(*blas_, root_.data(), rest_); !status.ok()) {
        status.index += before_;
        return status;
    }
    std::copy(gram.linear().begin(), gram.linear().end(), shift_.begin());
    prior_->add_linear(shift_.data());
    pull_back(shift_.data());
    log_normalizer_ = 0.5 * prior_->log_determinant(theta) - log_diagonal() +
                      0.5 * dot(shift_.data(), shift_.data(), shift_.size());
    return check_finite(&log_normalizer_, 1);
}

double ArrowFactor::log_diagonal() const {
    LogProduct of_rest;
    for (std::size_t i = 0; i < rest_; ++i) of_rest.multiply(root_[i * (rest_ + 1)]);
    return of_rest.log() + arms_->log_diagonal();
}

void ArrowFactor::effects(const double* u, double* x) const {
    for (std::size_t i = 0; i < design_->size(); ++i) x[i] = shift_[i] + u[i];
    solve_lower_transposed(*blas_, root_.data(), rest_, x + before_);
    arms_->solve(x + before_, x);
}

void ArrowFactor::whiten(const double* x, double* u) const {
    arms_->whiten(x, x + before_, u);
    std::fill_n(u + before_, rest_, 0.0);
    for (std::size_t i = 0; i < rest_; ++i)
        for (std::size_t j = 0; j <= i; ++j) u[before_ + j] += root_[i * rest_ + j] * x[before_ + i];
    for (std::size_t i = 0; i < design_->size(); ++i) u[i] -= shift_[i];
}

void ArrowFactor::pull_back(double* h) const {
    arms_->pull_back(h, h + before_);
    solve_lower(*blas_, root_.data(), rest_, h + before_);
}

}  // namespace polyagamma
