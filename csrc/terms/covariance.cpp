#include "terms/covariance.hpp"

#include "simd/loops.hpp"

namespace polyagamma {

Status Covariance::evaluate(CovarianceFunction& function, const double* theta) {
    factored_ = false;
    const Status result = function.evaluate(theta, square_.data());
    for (std::size_t i = 0; i < n_; ++i) diagonal_[i] = square_[i * n_ + i];
    return result;
}

void Covariance::scaled_plus_identity(const double* scale, double* b) const {
    for (std::size_t i = 0; i < n_; ++i) {
        const double* k = square_.data() + i * n_;
        double* row = b + i * n_;
        loops().covariance.scaled_row(k, scale, scale[i], i, row);
        row[i] = 1.0 + scale[i] * scale[i] * diagonal_[i];
    }
}

Status Covariance::factor(Factorizer& factorizer) {
    if (factored_) return {};
    for (std::size_t i = 0; i < n_; ++i) square_[i * n_ + i] = diagonal_[i];
    factored_ = factorizer.cholesky_above(square_.data()).ok();
    return factored_ ? Status{} : Status{Status::Kind::not_finite};
}

void Covariance::triangular_product(char trans, double* x) const {
    char lower = 'L', non_unit = 'N';
    int order = static_cast<int>(n_), step = 1;
    blas_->dtrmv(&lower, &trans, &non_unit, &order, const_cast<double*>(square_.data()), &order, x, &step);
}

}  // namespace polyagamma
