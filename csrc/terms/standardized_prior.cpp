#include "terms/standardized_prior.hpp"

#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {

// With B = G Gᵀ: C = G⁻ᵀ.
StandardizedPrior::StandardizedPrior(const GaussianPrior& prior, const Blas& blas)
    : predictors_(prior.predictors()), mean_(prior.mean()), sd_(prior.precision_of_one()) {
    for (double& value : sd_) value = 1.0 / std::sqrt(value);
    const std::size_t k = predictors_;
    Vector g(k == 1 ? Vector(1, 1.0) : prior.between());  // one predictor's is in its precision already
    clear_upper(g.data(), k);
    static_cast<void>(cholesky(blas, g.data(), k));  // positive definite by its construction
    inverse_.resize(k * k);
    factor_.resize(k * k);
    for (std::size_t i = 0; i < k; ++i)
        for (std::size_t j = 0; j < k; ++j) inverse_[i * k + j] = g[j * k + i];
    for (std::size_t l = 0; l < k; ++l) {  // column l of C solves Gᵀ c = e_l, from the last row upwards
        for (std::size_t i = k; i-- > 0;) {
            double rest = i == l ? 1.0 : 0.0;
            for (std::size_t j = i + 1; j < k; ++j) rest -= inverse_[i * k + j] * factor_[j * k + l];
            factor_[i * k + l] = rest / inverse_[i * k + i];
        }
    }
}

void StandardizedPrior::coefficients_at(const double* q, double* beta, double*) const {
    const std::size_t p = sd_.size();
    for (std::size_t k = 0; k < predictors_; ++k) {
        for (std::size_t j = 0; j < p; ++j) {
            double sum = 0.0;
            for (std::size_t l = k; l < predictors_; ++l) sum += factor_[k * predictors_ + l] * q[l * p + j];
            beta[k * p + j] = mean_[k * p + j] + sd_[j] * sum;
        }
    }
}

void StandardizedPrior::differentiate(const double* q, const double*, const double* of_beta, double* gradient,
                                      const double*) const {
    const std::size_t p = sd_.size();
    for (std::size_t l = 0; l < predictors_; ++l) {
        for (std::size_t j = 0; j < p; ++j) {
            double sum = 0.0;
            for (std::size_t k = 0; k <= l; ++k) sum += factor_[k * predictors_ + l] * of_beta[k * p + j];
            gradient[l * p + j] = sd_[j] * sum - q[l * p + j];
        }
    }
}

void StandardizedPrior::coordinates_of(const double* beta, double* q) const {
    const std::size_t p = sd_.size();
    for (std::size_t l = 0; l < predictors_; ++l) {
        for (std::size_t j = 0; j < p; ++j) {
            double sum = 0.0;
            for (std::size_t k = l; k < predictors_; ++k)
                sum += inverse_[l * predictors_ + k] * (beta[k * p + j] - mean_[k * p + j]);
            q[l * p + j] = sum / sd_[j];
        }
    }
}

void StandardizedPrior::variances(const double*, const double* curvature, double* variance) const {
    const std::size_t p = sd_.size();
    for (std::size_t l = 0; l < predictors_; ++l) {
        for (std::size_t j = 0; j < p; ++j) {
            double precision = 1.0;
            for (std::size_t k = 0; k <= l; ++k) {
                const double step = factor_[k * predictors_ + l] * sd_[j];
                precision += step * step * curvature[k * p + j];
            }
            variance[l * p + j] = 1.0 / precision;
        }
    }
}

double StandardizedPrior::log_density_of_coordinates(const double* q) const {
    return -0.5 * dot(q, q, size());
}

}  // namespace polyagamma
