#include "terms/covariance.hpp"

#include <algorithm>

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

// Copies K above the diagonal, tile by tile so that both triangles stay in cache.
void Covariance::mirror() {
    constexpr std::size_t kTile = 32;
    for (std::size_t i0 = 0; i0 < n_; i0 += kTile) {
        for (std::size_t j0 = 0; j0 <= i0; j0 += kTile) {
            for (std::size_t i = i0; i < std::min(i0 + kTile, n_); ++i)
                for (std::size_t j = j0; j < std::min(j0 + kTile, i); ++j)
                    square_[j * n_ + i] = square_[i * n_ + j];
        }
    }
    for (std::size_t i = 0; i < n_; ++i) square_[i * n_ + i] = diagonal_[i];
}

Status Covariance::factor() {
    if (factored_) return {};
    mirror();
    char lower = 'L';  // column-major lower is row-major upper
    int order = static_cast<int>(n_), info = 0;
    blas_->dpotrf(&lower, &order, square_.data(), &order, &info);
    factored_ = info == 0;
    return factored_ ? Status{} : Status{Status::Kind::not_finite};
}

void Covariance::triangular_product(char trans, double* x) const {
    char lower = 'L', non_unit = 'N';
    int order = static_cast<int>(n_), step = 1;
    blas_->dtrmv(&lower, &trans, &non_unit, &order, const_cast<double*>(square_.data()), &order, x, &step);
}

}  // namespace polyagamma
