#include "terms/whitened_prior.hpp"

#include "linalg/dense.hpp"

namespace polyagamma {

WhitenedPrior::WhitenedPrior(const GaussianPrior& prior, const Vector& centre, const Vector& basis,
                             const Blas& blas)
    : WhitenedPrior(prior, centre, blas) {
    const std::size_t k = centre.size();
    prior_ = nullptr;
    Vector scaled(k * k), pulled(linear_);
    precision_.resize(k * k);
    prior.multiply_precision(blas, basis.data(), k, scaled.data());
    multiply_transposed(blas, basis.data(), scaled.data(), k, k, k, precision_.data());
    multiply_vector_transposed(blas, basis.data(), pulled.data(), k, k, linear_.data());
}

WhitenedPrior::WhitenedPrior(const GaussianPrior& prior, const Vector& centre, const Blas& blas)
    : blas_(&blas), prior_(&prior), linear_(centre.size()) {
    Vector shift(centre);
    for (std::size_t j = 0; j < shift.size(); ++j) shift[j] -= prior.mean()[j];
    prior.apply_precision(blas, shift.data(), linear_.data());
    constant_ = 0.5 * dot(shift.data(), linear_.data(), shift.size());
}

double WhitenedPrior::log_density(const double* x, double* gradient) const {
    const std::size_t k = linear_.size();
    if (prior_ != nullptr) {
        prior_->apply_precision(*blas_, x, gradient);
    } else {
        multiply_vector(*blas_, precision_.data(), x, k, k, gradient);
    }
    const double quadratic = dot(x, gradient, k);
    for (std::size_t j = 0; j < k; ++j) gradient[j] = -gradient[j] - linear_[j];
    return -0.5 * quadratic - dot(x, linear_.data(), k) - constant_;
}

}  // namespace polyagamma
