#include "terms/gaussian_prior.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {

GaussianPrior::GaussianPrior(const double* mean, const double* precision, std::size_t size, bool diagonal)
    : diagonal_(diagonal),
      mean_(mean, mean + size),
      precision_(precision, precision + size * (diagonal ? 1 : size)) {}

GaussianPrior GaussianPrior::extended(std::size_t more) const {
    const std::size_t p = size(), all = p + more;
    Vector mean(mean_), precision(diagonal_ ? all : all * all);
    mean.resize(all);
    const std::size_t rows = diagonal_ ? 1 : p;
    for (std::size_t i = 0; i < rows; ++i) std::copy_n(&precision_[i * p], p, &precision[i * all]);
    return {mean.data(), precision.data(), all, diagonal_};
}

void GaussianPrior::apply_precision(const Blas& blas, const double* x, double* y) const {
    multiply_precision(blas, x, 1, y);
}

void GaussianPrior::multiply_precision(const Blas& blas, const double* a, std::size_t columns,
                                       double* c) const {
    const std::size_t p = size();
    if (!diagonal_) return multiply(blas, precision_.data(), a, p, p, columns, c);
    for (std::size_t i = 0; i < p; ++i) {
        for (std::size_t j = 0; j < columns; ++j) c[i * columns + j] = precision_[i] * a[i * columns + j];
    }
}

Status GaussianPrior::factor(const Blas& blas, Vector& g) const {
    g = precision_;
    if (!diagonal_) {
        clear_upper(g.data(), size());
        return cholesky(blas, g.data(), size());
    }
    for (double& value : g) value = std::sqrt(value);
    return {};
}

}  // namespace polyagamma
