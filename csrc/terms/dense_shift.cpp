#include "terms/dense_shift.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {

DenseShift::DenseShift(std::size_t n, const Blas& blas) : n_(n), blas_(&blas), factorizer_(blas, n) {
    factorizer_.use_own_loops();
    for (const Side side : {Side::current, Side::proposed}) factors_[side] = Vector(n_ * n_);
}

Status DenseShift::factor(Side side, const std::vector<const Vector*>& precisions, double& log_det) {
    Vector& c = factors_[side];
    for (std::size_t k = 0; k < precisions.size(); ++k) {
        const double* e = precisions[k]->data();
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t at = i * n_; at <= i * n_ + i; ++at) c[at] = k == 0 ? e[at] : c[at] + e[at];
    }
    if (!factorizer_.cholesky(c.data()).ok()) return {Status::Kind::not_finite};
    log_det = 0.0;
    for (std::size_t i = 0; i < n_; ++i) log_det += 2.0 * std::log(c[i * n_ + i]);
    return std::isfinite(log_det) ? Status{} : Status{Status::Kind::not_finite};
}

void DenseShift::solve(Side side, double* x) {
    solve_lower(*blas_, factors_[side].data(), n_, x);
    solve_lower_transposed(*blas_, factors_[side].data(), n_, x);
}

void DenseShift::draw(Side side, const double* noise, double* shift) {
    std::copy_n(noise, n_, shift);
    solve_lower_transposed(*blas_, factors_[side].data(), n_, shift);
}

// Cᵀ shift.
void DenseShift::invert_draw(Side side, const double* shift, double* noise) {
    const Vector& c = factors_[side];
    std::fill_n(noise, n_, 0.0);
    for (std::size_t i = 0; i < n_; ++i)
        for (std::size_t j = 0; j <= i; ++j) noise[j] += c[i * n_ + j] * shift[i];
}

}  // namespace polyagamma
