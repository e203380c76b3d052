#include "terms/gaussian_prior.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {

GaussianPrior::GaussianPrior(const double* mean, const double* precision, std::size_t size, bool diagonal)
    : diagonal_(diagonal),
      mean_(mean, mean + size),
      precision_(precision, precision + size * (diagonal ? 1 : size)),
      between_(1, 1.0) {}

GaussianPrior::GaussianPrior(const double* mean, const double* precision, std::size_t size, bool diagonal,
                             const double* between, std::size_t predictors)
    : predictors_(predictors),
      diagonal_(diagonal),
      mean_(mean, mean + size * predictors),
      precision_(precision, precision + size * (diagonal ? 1 : size)),
      between_(between, between + predictors * predictors) {
    if (predictors == 1) {  // which all that follows takes for a prior without classes
        for (double& value : precision_) value *= between[0];
    }
}

GaussianPrior GaussianPrior::extended(std::size_t more) const {
    const std::size_t p = size(), all = p + more;
    const bool diagonal = diagonal_ && predictors_ == 1;
    const Vector own = diagonal ? precision_ : precision();
    Vector mean(mean_), precision(diagonal ? all : all * all);
    mean.resize(all);
    const std::size_t rows = diagonal ? 1 : p;
    for (std::size_t i = 0; i < rows; ++i) std::copy_n(&own[i * p], p, &precision[i * all]);
    return {mean.data(), precision.data(), all, diagonal};
}

void GaussianPrior::apply_precision(const Blas& blas, const double* x, double* y) const {
    if (!diagonal_ || predictors_ == 1) return multiply_precision(blas, x, 1, y);
    const std::size_t p = of_one();
    std::fill_n(y, size(), 0.0);
    for (std::size_t k = 0; k < predictors_; ++k)
        for (std::size_t l = 0; l < predictors_; ++l)
            for (std::size_t i = 0; i < p; ++i)
                y[k * p + i] += between_[k * predictors_ + l] * (precision_[i] * x[l * p + i]);
}

void GaussianPrior::multiply_precision(const Blas& blas, const double* a, std::size_t columns,
                                       double* c) const {
    if (predictors_ == 1) return multiply_one(blas, a, columns, c);
    const std::size_t block = of_one() * columns;
    Vector products(predictors_ * block);
    for (std::size_t k = 0; k < predictors_; ++k)
        multiply_one(blas, a + k * block, columns, &products[k * block]);
    multiply(blas, between_.data(), products.data(), predictors_, predictors_, block, c);
}

// c = Λ₁ a.
void GaussianPrior::multiply_one(const Blas& blas, const double* a, std::size_t columns, double* c) const {
    const std::size_t p = of_one();
    if (!diagonal_) return multiply(blas, precision_.data(), a, p, p, columns, c);
    for (std::size_t i = 0; i < p; ++i) {
        for (std::size_t j = 0; j < columns; ++j) c[i * columns + j] = precision_[i] * a[i * columns + j];
    }
}

Vector GaussianPrior::precision() const {
    const std::size_t p = of_one(), all = size();
    Vector full(all * all);
    for (std::size_t k = 0; k < predictors_; ++k) {
        for (std::size_t l = 0; l < predictors_; ++l) {
            const double between = between_[k * predictors_ + l];
            double* to = &full[k * p * all + l * p];
            for (std::size_t i = 0; i < p; ++i) {
                if (diagonal_) to[i * all + i] = between * precision_[i];
                for (std::size_t j = 0; j < p && !diagonal_; ++j)
                    to[i * all + j] = between * precision_[i * p + j];
            }
        }
    }
    return full;
}

Status GaussianPrior::factor(const Blas& blas, Vector& g) const {
    if (diagonal_ && predictors_ == 1) {
        g = precision_;
        for (double& value : g) value = std::sqrt(value);
        return {};
    }
    g = precision();
    clear_upper(g.data(), size());
    return cholesky(blas, g.data(), size());
}

}  // namespace polyagamma
