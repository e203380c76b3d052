#include "terms/whitened_prior.hpp"

#include "linalg/dense.hpp"

namespace polyagamma {

WhitenedPrior::WhitenedPrior(const GaussianPrior& prior, const Vector& centre, const Vector& basis,
                             const Blas& blas)
    : blas_(&blas), precision_(basis.size()), linear_(centre.size()) {
    const std::size_t k = centre.size();
    Vector scaled(k * k);
    prior.multiply_precision(blas, basis.data(), k, scaled.data());
    multiply_transposed(blas, basis.data(), scaled.data(), k, k, k, precision_.data());

    Vector shift(centre), pulled(k);
    for (std::size_t j = 0; j < k; ++j) shift[j] -= prior.mean()[j];
    prior.apply_precision(blas, shift.data(), pulled.data());
    constant_ = 0.5 * dot(shift.data(), pulled.data(), k);
    multiply_vector_transposed(blas, basis.data(), pulled.data(), k, k, linear_.data());
}

double WhitenedPrior::log_density(const double* u, double* gradient) const {
    const std::size_t k = linear_.size();
    multiply_vector(*blas_, precision_.data(), u, k, k, gradient);
    const double quadratic = dot(u, gradient, k);
    for (std::size_t j = 0; j < k; ++j) gradient[j] = -gradient[j] - linear_[j];
    return -0.5 * quadratic - dot(u, linear_.data(), k) - constant_;
}

}  // namespace polyagamma
