#include "terms/whitening.hpp"

#include "linalg/dense.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

Whitening::Whitening(const LinearModel& model)
    : blas_(model.blas),
      centre_(model.prior.size()),
      basis_(identity(model.prior.size())),
      predictor_(model.offset),
      prior_(whiten(model.prior.conditional())) {
    matrix_.assign(model.design, nullptr, blas_);
}

void Whitening::assign(const LinearModel& model, const double* centre, const double* basis) {
    centre_.assign(centre, centre + size());
    basis_.assign(basis, basis + size() * size());
    matrix_.assign(model.design, basis, blas_);
    predictor_ = model.offset;
    Vector row(size());
    for (std::size_t i = 0; i < model.design.n; ++i) {
        model.design.copy_rows(i, 1, row.data());
        predictor_[i] += dot(row.data(), centre, size());
    }
    prior_ = whiten(model.prior.conditional());
}

void Whitening::move(const LinearModel& model, const double* centre, const double* basis) {
    Vector new_centre(size()), new_basis(size() * size());
    coefficients(centre, new_centre.data());
    multiply(blas_, basis_.data(), basis, size(), size(), size(), new_basis.data());
    assign(model, new_centre.data(), new_basis.data());
}

void Whitening::predictors(const double* u, double* eta) const {
    loops().model.forward(matrix_.panel(0), matrix_.count(), matrix_.columns(), u, 1, eta, predictor_.size());
    for (std::size_t i = 0; i < predictor_.size(); ++i) eta[i] += predictor_[i];
}

void Whitening::last_coefficients(const double* u, std::size_t count, double* beta) const {
    for (std::size_t j = size() - count; j < size(); ++j)
        *beta++ = centre_[j] + dot(&basis_[j * size()], u, size());
}

void Whitening::coefficients(const double* u, double* beta) const {
    multiply_vector(blas_, basis_.data(), u, size(), size(), beta);
    for (std::size_t j = 0; j < size(); ++j) beta[j] += centre_[j];
}

}  // namespace polyagamma
