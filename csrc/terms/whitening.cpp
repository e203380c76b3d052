#include "terms/whitening.hpp"

#include <algorithm>

#include "linalg/dense.hpp"
#include "linalg/interleave.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

Whitening::Whitening(const LinearModel& model)
    : blas_(model.blas),
      distant_(model.distant),
      predictors_(model.likelihood.predictors()),
      centre_(model.prior.size()),
      basis_(identity(model.prior.size())),
      predictor_(model.offset),
      shifted_(folded() ||
               !std::all_of(predictor_.begin(), predictor_.end(), [](double value) { return value == 0.0; })),
      prior_(whiten(model.prior.conditional())) {
    if (distant_ != nullptr) return;
    if (model.kept != nullptr) {
        matrix_ = Panels(model.design.n, model.design.columns, model.kept);
    } else {
        matrix_.assign(model.design, nullptr, blas_);
    }
}

WhitenedPrior Whitening::whiten(const GaussianPrior& prior) const {
    return folded() ? WhitenedPrior(prior, centre_, basis_, blas_) : WhitenedPrior(prior, centre_, blas_);
}

void Whitening::assign(const LinearModel& model, const double* centre, const double* basis) {
    const std::size_t k = size();
    centre_.assign(centre, centre + k);
    basis_.assign(basis, basis + k * k);
    plain_ = basis_ == identity(k);
    if (!folded() && !plain_) {
        basis_panels_ = Panels(k, k);
        basis_panels_.pack(0, k, basis);
    }
    if (folded() && distant_ != nullptr) {
        distant_->assign(centre_, basis_);
    } else if (folded()) {
        matrix_.assign(model.design, basis, blas_);
        find_predictor(model);
    }
    prior_ = whiten(model.prior.conditional());
}

void Whitening::find_predictor(const LinearModel& model) {
    predictor_ = model.offset;
    const std::size_t columns = model.design.columns;
    Vector row(columns);
    for (std::size_t i = 0; i < model.design.n; ++i) {
        model.design.copy_rows(i, 1, row.data());
        predictor_[i] += dot(row.data(), centre_.data(), columns);
    }
}

void Whitening::move(const LinearModel& model, const double* centre, const double* basis) {
    Vector new_centre(size()), new_basis(size() * size());
    coefficients(centre, new_centre.data());
    multiply(blas_, basis_.data(), basis, size(), size(), size(), new_basis.data());
    assign(model, new_centre.data(), new_basis.data());
}

void Whitening::reset(const LinearModel& model) {
    assign(model, Vector(size()).data(), identity(size()).data());
}

Vector Whitening::point_of(const double* u) const {
    if (folded()) return Vector(u, u + size());
    Vector beta(padded_rows(size())), work;
    deviate(&u, 1, beta.data(), beta.size(), work);
    beta.resize(size());
    for (std::size_t j = 0; j < size(); ++j) beta[j] += centre_[j];
    return beta;
}

void Whitening::predictors_at(const double* u, double* eta) const {
    const std::size_t padded = predictor_.size() / predictors_;
    const Vector point = point_of(u);
    for (std::size_t k = 0; k < predictors_; ++k)
        loops().model.forward(matrix_.panel(0), matrix_.count(), matrix_.columns(),
                              &point[k * matrix_.columns()], 1, eta + k * padded, padded);
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

void Whitening::deviate(const double* const* u, std::size_t chains, double* to, std::size_t stride,
                        Vector& work) const {
    if (plain_) {
        for (std::size_t c = 0; c < chains; ++c) std::copy_n(u[c], size(), to + c * stride);
        return;
    }
    work.resize(size() * chains);
    interleave(u, chains, work);
    loops().model.forward(basis_panels_.panel(0), basis_panels_.count(), size(), work.data(), chains, to,
                          stride);
}

void Whitening::pull_back(const double* from, std::size_t chains, std::size_t stride,
                          double* const* gradients, Vector& work) const {
    if (plain_) {
        for (std::size_t c = 0; c < chains; ++c) std::copy_n(from + c * stride, size(), gradients[c]);
        return;
    }
    work.assign(size() * chains * kPanelRows, 0.0);
    loops().model.transposed(basis_panels_.panel(0), basis_panels_.count(), size(), from, chains, stride,
                             work.data());
    for (std::size_t j = 0; j < size(); ++j)
        for (std::size_t c = 0; c < chains; ++c)
            gradients[c][j] = sum_lanes(&work[(j * chains + c) * kPanelRows]);
}

}  // namespace polyagamma
