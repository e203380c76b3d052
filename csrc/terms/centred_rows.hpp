#pragma once

#include <cstddef>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/panels.hpp"
#include "terms/linear_model.hpp"

namespace polyagamma {

// The rows of a linear model in deviations γ of its coefficients from means m: η = offset + X γ, where the
// offset has X m too.
struct CentredRows {
    // `model`: its design without the zeros of extras, its prior's first coefficients.
    CentredRows(const LinearModel& model, const Vector& mean);

    std::size_t size() const { return x.columns(); }

    Panels x;
    Vector offset;  // of the padded rows
    const Likelihood& likelihood;
    const Blas& blas;
};

// Linear predictors of the padded rows.
void predictors_at(const CentredRows& rows, const double* gamma, Vector& eta);
// Xᵀ v of numbers of the padded rows.
Vector transposed_product(const CentredRows& rows, const Vector& v);
// A column, padded.
Vector column_of(const CentredRows& rows, std::size_t j);
// Σℓ at linear predictors of the padded rows.
double log_likelihood_at(const Likelihood& likelihood, const double* extras, const Vector& eta);

}  // namespace polyagamma
