#include "terms/whitening.hpp"

#include "linalg/dense.hpp"

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

void Whitening::coefficients(const double* u, double* beta) const {
    multiply_vector(blas_, basis_.data(), u, size(), size(), beta);
    for (std::size_t j = 0; j < size(); ++j) beta[j] += centre_[j];
}

}  // namespace polyagamma
