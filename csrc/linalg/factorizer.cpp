#include "linalg/factorizer.hpp"

#include <algorithm>

#include "linalg/dense.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

void Factorizer::use_own_loops() {
    work_.resize(n_ * (kFactorColumns + 1));
}

Status Factorizer::result_of(std::size_t reached) const {
    return reached == n_ ? Status{} : Status{Status::Kind::not_positive_definite, reached};
}

Status Factorizer::cholesky(double* a) {
    if (!own()) return polyagamma::cholesky(*blas_, a, n_);
    return result_of(loops().factor.cholesky(a, n_, a, {n_, 1}, work_.data()));
}

Status Factorizer::cholesky_above(double* a) {
    if (own()) return result_of(loops().factor.cholesky(a, n_, a, {1, n_}, work_.data()));
    mirror(a);
    char lower = 'L';  // column-major lower is row-major upper
    int order = static_cast<int>(n_), info = 0;
    blas_->dpotrf(&lower, &order, a, &order, &info);
    return info == 0 ? Status{}
                     : Status{Status::Kind::not_positive_definite, static_cast<std::size_t>(info - 1)};
}

void Factorizer::invert(double* l) {
    if (!own()) return invert_from_cholesky(*blas_, l, n_);
    loops().factor.invert(l, n_, work_.data());
}

// Copies A above the diagonal, tile by tile so that both triangles stay in cache.
void Factorizer::mirror(double* a) const {
    constexpr std::size_t kTile = 32;
    for (std::size_t i0 = 0; i0 < n_; i0 += kTile) {
        for (std::size_t j0 = 0; j0 <= i0; j0 += kTile) {
            for (std::size_t i = i0; i < std::min(i0 + kTile, n_); ++i)
                for (std::size_t j = j0; j < std::min(j0 + kTile, i); ++j) a[j * n_ + i] = a[i * n_ + j];
        }
    }
}

}  // namespace polyagamma
