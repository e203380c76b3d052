#include "terms/row_space.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {

Status RowSpaceModel::assign(const LinearModel& model) {
    model_ = &model;
    const GaussianPrior& prior = model.prior.conditional();
    const std::size_t n = model.design.n;
    const std::size_t p = model.prior.size();
    if (const Status status = prior.factor(model.blas, factor_); !status.ok()) return status;
    orthonormal_.resize(n * p);
    model.design.copy_rows(0, n, orthonormal_.data());

    Vector offset(model.offset);
    for (std::size_t i = 0; i < n; ++i) {
        offset[i] += dot(&orthonormal_[i * p], prior.mean().data(), p);
        solve_factor(&orthonormal_[i * p]);
    }
    lower_.resize(n * n);
    if (const Status status = check_finite(orthonormal_.data(), n * p); !status.ok()) return status;
    lq(model.blas, orthonormal_.data(), n, p, lower_.data());

    const Vector mean(n), precision(n, 1.0);
    unit_ = std::make_unique<FixedPrior>(GaussianPrior(mean.data(), precision.data(), n, true));
    reduced_.reset(new LinearModel{
        {lower_.data(), n, n, false}, std::move(offset), model.likelihood, *unit_, model.blas});
    return {};
}

// row := G⁻¹ row, that is, a row of X G⁻ᵀ.
void RowSpaceModel::solve_factor(double* row) const {
    const std::size_t p = model_->prior.size();
    if (factor_.size() != p) return solve_lower(model_->blas, factor_.data(), p, row);
    for (std::size_t j = 0; j < p; ++j) row[j] /= factor_[j];
}

void RowSpaceModel::reduce(const double* beta, double* z) const {
    const std::size_t n = model_->design.n;
    const std::size_t p = model_->prior.size();
    Vector deviation(p), x(p);
    for (std::size_t j = 0; j < p; ++j) deviation[j] = beta[j] - model_->prior.conditional().mean()[j];
    if (factor_.size() == p) {
        for (std::size_t j = 0; j < p; ++j) x[j] = factor_[j] * deviation[j];
    } else {
        multiply_vector_transposed(model_->blas, factor_.data(), deviation.data(), p, p, x.data());
    }
    multiply_vector(model_->blas, orthonormal_.data(), x.data(), n, p, z);
}

double RowSpaceModel::complete(const double* z, double* normals, double* beta) const {
    const std::size_t n = model_->design.n;
    const std::size_t p = model_->prior.size();
    Vector gap(n);
    multiply_vector(model_->blas, orthonormal_.data(), normals, n, p, gap.data());
    const double free_part = 0.5 * (dot(normals, normals, p) - dot(gap.data(), gap.data(), n));
    for (std::size_t i = 0; i < n; ++i) gap[i] = z[i] - gap[i];
    multiply_vector_transposed(model_->blas, orthonormal_.data(), gap.data(), n, p, beta);
    for (std::size_t j = 0; j < p; ++j) beta[j] += normals[j];
    if (factor_.size() == p) {
        for (std::size_t j = 0; j < p; ++j) beta[j] /= factor_[j];
    } else {
        solve_lower_transposed(model_->blas, factor_.data(), p, beta);
    }
    for (std::size_t j = 0; j < p; ++j) beta[j] += model_->prior.conditional().mean()[j];
    return free_part;
}

}  // namespace polyagamma
