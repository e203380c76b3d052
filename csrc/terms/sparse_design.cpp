#include "terms/sparse_design.hpp"

#include <algorithm>

#include "terms/sparse_pass.hpp"

namespace polyagamma {

SparseDesign::SparseDesign(SparseRows matrix, Vector centre, bool intercept, const double* offset,
                           std::shared_ptr<const Likelihood> likelihood)
    : rows_(std::move(matrix)),
      transposed_(rows_.transposed()),
      centre_(std::move(centre)),
      intercept_(intercept),
      likelihood_(std::move(likelihood)),
      offset_(predictors() * likelihood_->padded()) {
    const std::size_t n = likelihood_->rows();
    for (std::size_t k = 0; k < predictors(); ++k)
        std::copy_n(offset + k * n, n, &offset_[k * likelihood_->padded()]);
}

std::unique_ptr<CoefficientPass> SparseDesign::pass(std::size_t chains) const {
    return std::make_unique<SparsePass>(*this, chains);
}

Vector SparseDesign::predictors_at(const double* coefficients) const {
    const std::size_t padded = likelihood_->padded(), before = intercept_ ? 1 : 0;
    Vector eta(offset_);
    for (std::size_t k = 0; k < predictors(); ++k) {
        const double* beta = coefficients + k * columns();
        double constant = intercept_ ? beta[0] : 0.0;
        for (std::size_t j = 0; j < centre_.size(); ++j) constant -= centre_[j] * beta[before + j];
        for (std::size_t i = 0; i < likelihood_->rows(); ++i) {
            double sum = constant;
            for (std::size_t e = rows_.start[i]; e < rows_.start[i + 1]; ++e)
                sum += rows_.at(e) * beta[before + static_cast<std::size_t>(rows_.index[e])];
            eta[k * padded + i] += sum;
        }
    }
    return eta;
}

// Σ w (x − m)² = Σ w x² − 2m Σ w x + m² Σ w: only the first two have entries to add up.
Vector SparseDesign::curvature_at(const double* coefficients) const {
    const std::size_t n = likelihood_->rows(), padded = likelihood_->padded();
    const double* extras = coefficients + predictors() * columns();
    const Vector eta = predictors_at(coefficients);
    Vector weight(eta), result(this->coefficients());
    const std::size_t before = intercept_ ? 1 : 0;
    likelihood_->curvature_at(extras, {0, padded, padded}, weight.data());
    for (std::size_t k = 0; k < predictors(); ++k) {
        const double* w = &weight[k * padded];
        double total = 0.0;
        for (std::size_t i = 0; i < n; ++i) total += w[i];
        if (intercept_) result[k * columns()] = total;
        for (std::size_t j = 0; j < centre_.size(); ++j) {
            double first = 0.0, second = 0.0;
            for (std::size_t e = transposed_.start[j]; e < transposed_.start[j + 1]; ++e) {
                const double x = transposed_.at(e);
                const double wx = w[transposed_.index[e]] * x;
                first += wx;
                second += wx * x;
            }
            const double m = centre_[j];
            result[k * columns() + before + j] = std::max(0.0, second - m * (2.0 * first - m * total));
        }
    }
    likelihood_->curvature_of_extras(extras, eta.data(), result.data() + predictors() * columns());
    return result;
}

}  // namespace polyagamma
