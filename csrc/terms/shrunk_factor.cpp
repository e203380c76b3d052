#include "terms/shrunk_factor.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "linalg/weighted_gram.hpp"

namespace polyagamma {

void ShrunkGram::assign(const ShrunkModel& model, const GaussianRows& rows) {
    const std::size_t k = model.size();
    std::fill(matrix.begin(), matrix.end(), 0.0);
    add_weighted_gram(model.x, 0, model.x.count(), rows.precision.data(), matrix.data());
    for (std::size_t i = 0; i < k; ++i)
        for (std::size_t j = 0; j < i; ++j) matrix[j * k + i] = matrix[i * k + j];
    linear = transposed_product(model, rows.linear);
}

Status ShrunkFactor::assign(const ShrunkGram& gram, const Vector& variance) {
    const std::size_t k = root_.size();
    for (std::size_t j = 0; j < k; ++j) root_[j] = std::sqrt(variance[j]);
    for (std::size_t i = 0; i < k; ++i) {
        for (std::size_t j = 0; j <= i; ++j) lower_[i * k + j] = root_[i] * gram.matrix[i * k + j] * root_[j];
        lower_[i * k + i] += 1.0;
        shift_[i] = root_[i] * gram.linear[i];
    }
    if (const Status status = factorizer_.cholesky(lower_.data()); !status.ok()) return status;
    solve_lower(*blas_, lower_.data(), k, shift_.data());
    log_normalizer_ = 0.5 * dot(shift_.data(), shift_.data(), k);
    for (std::size_t j = 0; j < k; ++j) log_normalizer_ -= std::log(lower_[j * k + j]);
    return check_finite(&log_normalizer_, 1);
}

Vector ShrunkFactor::inverse() const {
    const std::size_t k = root_.size();
    Vector inverse(lower_);
    Factorizer factorizer(*blas_, k);
    factorizer.use_own_loops();
    factorizer.invert(inverse.data());
    for (std::size_t i = 0; i < k; ++i)
        for (std::size_t j = 0; j < i; ++j) inverse[j * k + i] = inverse[i * k + j];
    return inverse;
}

void ShrunkFactor::coefficients(const double* u, double* gamma) const {
    const std::size_t k = root_.size();
    for (std::size_t j = 0; j < k; ++j) gamma[j] = shift_[j] + u[j];
    solve_lower_transposed(*blas_, lower_.data(), k, gamma);
    for (std::size_t j = 0; j < k; ++j) gamma[j] *= root_[j];
}

void ShrunkFactor::whiten(const double* gamma, double* u) const {
    const std::size_t k = root_.size();
    for (std::size_t j = 0; j < k; ++j) u[j] = gamma[j] / root_[j];
    char upper = 'U', no = 'N';  // as Fortran sees Lᵀ
    int order = static_cast<int>(k), step = 1;
    blas_->dtrmv(&upper, &no, &no, &order, const_cast<double*>(lower_.data()), &order, u, &step);
    for (std::size_t j = 0; j < k; ++j) u[j] -= shift_[j];
}

void ShrunkFactor::pull_back(double* h) const {
    const std::size_t k = root_.size();
    for (std::size_t j = 0; j < k; ++j) h[j] *= root_[j];
    solve_lower(*blas_, lower_.data(), k, h);
}

}  // namespace polyagamma
