#include "terms/whitening.hpp"

#include <algorithm>

#include "linalg/dense.hpp"

namespace polyagamma {
Whitening::Whitening(const Model& model)
    : blas_(model.blas),
      centre_(model.prior.size()),
      basis_(model.prior.size() * model.prior.size()),
      predictor_(model.rows.offset) {
    matrix_.assign(model.design, nullptr, blas_);
    for (std::size_t j = 0; j < size(); ++j) basis_[j * size() + j] = 1.0;
    set_prior(model.prior);
}

void Whitening::assign(const Model& model, const double* centre, const double* basis) {
    centre_.assign(centre, centre + size());
    basis_.assign(basis, basis + size() * size());
    matrix_.assign(model.design, basis, blas_);
    predictor_ = model.rows.offset;
    Vector row(size());
    for (std::size_t i = 0; i < model.rows.n; ++i) {
        model.design.copy_rows(i, 1, row.data());
        predictor_[i] += dot(row.data(), centre, size());
    }
    set_prior(model.prior);
}

void Whitening::move(const Model& model, const double* centre, const double* basis) {
    Vector new_centre(size()), new_basis(size() * size());
    coefficients(centre, new_centre.data());
    multiply(blas_, basis_.data(), basis, size(), size(), size(), new_basis.data());
    assign(model, new_centre.data(), new_basis.data());
}

void Whitening::set_prior(const GaussianPrior& prior) {
    const std::size_t k = size();
    Vector scaled(k * k);
    precision_.resize(k * k);
    prior.multiply_precision(blas_, basis_.data(), k, scaled.data());
    multiply_transposed(blas_, basis_.data(), scaled.data(), k, k, k, precision_.data());

    Vector shift(centre_), pulled(k);
    for (std::size_t j = 0; j < k; ++j) shift[j] -= prior.mean()[j];
    prior.apply_precision(blas_, shift.data(), pulled.data());
    constant_ = 0.5 * dot(shift.data(), pulled.data(), k);
    linear_.resize(k);
    multiply_vector_transposed(blas_, basis_.data(), pulled.data(), k, k, linear_.data());
}

void Whitening::coefficients(const double* u, double* beta) const {
    multiply_vector(blas_, basis_.data(), u, size(), size(), beta);
    for (std::size_t j = 0; j < size(); ++j) beta[j] += centre_[j];
}

double Whitening::log_prior(const double* u, double* gradient) const {
    multiply_vector(blas_, precision_.data(), u, size(), size(), gradient);
    const double quadratic = dot(u, gradient, size());
    for (std::size_t j = 0; j < size(); ++j) gradient[j] = -gradient[j] - linear_[j];
    return -0.5 * quadratic - dot(u, linear_.data(), size()) - constant_;
}

}  // namespace polyagamma
