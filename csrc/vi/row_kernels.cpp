#include "vi/row_kernels.hpp"

#include <algorithm>
#include <cmath>

#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// D into the weights of products, D − v vᵀ.
void couple(const Likelihood& likelihood, RowBlock rows, Vector& diagonal, double* weights) {
    const std::size_t q = likelihood.predictors();
    Vector v(diagonal);
    likelihood.coupling(rows, v.data());
    for (std::size_t k = 0; k < q; ++k) {
        for (std::size_t l = 0; l <= k; ++l) {
            double* to = weights + place_of_product(likelihood, k, l) * rows.stride;
            for (std::size_t i = 0; i < rows.count; ++i) {
                const double own = k == l ? diagonal[k * rows.stride + i] : 0.0;
                to[i] = own - v[k * rows.stride + i] * v[l * rows.stride + i];
            }
        }
    }
}

// Columns of the Cholesky factors of the rows' covariances: entry (k, j) of row i is at (k * q + j) * stride
// + i.
Vector factors_of_rows(const Likelihood& likelihood, const BlockOfRows& block) {
    const std::size_t q = likelihood.predictors(), stride = block.rows.stride;
    const auto variance = [&](std::size_t k, std::size_t l, std::size_t i) {
        return block.variance[place_of_product(likelihood, k, l) * stride + i];
    };
    const auto covariance = [&](std::size_t k, std::size_t l, std::size_t i) {
        if (k == l) return variance(k, k, i);
        if (!likelihood.coupled()) return 0.0;
        return 0.5 * (variance(k, l, i) - variance(k, k, i) - variance(l, l, i));
    };
    Vector factor(q * q * stride);
    if (q == 1) {
        for (std::size_t i = 0; i < block.rows.count; ++i) factor[i] = std::sqrt(block.variance[i]);
        return factor;
    }
    for (std::size_t i = 0; i < block.rows.count; ++i) {
        for (std::size_t k = 0; k < q; ++k) {
            for (std::size_t j = 0; j <= k; ++j) {
                double rest = covariance(k, j, i);
                for (std::size_t m = 0; m < j; ++m)
                    rest -= factor[(k * q + m) * stride + i] * factor[(j * q + m) * stride + i];
                const double pivot =
                    k == j ? std::sqrt(std::max(rest, 0.0)) : factor[(j * q + j) * stride + i];
                factor[(k * q + j) * stride + i] = k == j ? pivot : (pivot > 0.0 ? rest / pivot : 0.0);
            }
        }
    }
    return factor;
}

}  // namespace

void PointKernel::apply(const Likelihood& likelihood, const BlockOfRows& block) const {
    const RowBlock rows = block.rows;
    Vector curvature(block.eta, block.eta + (weighs_ ? likelihood.predictors() * rows.stride : 0));
    likelihood.derivative_at(block.extras, rows, block.eta, block.of_extras, block.value);
    if (!weighs_) return;
    likelihood.curvature_at(block.extras, rows, curvature.data());
    if (likelihood.coupled()) return couple(likelihood, rows, curvature, block.weights);
    std::copy(curvature.begin(), curvature.end(), block.weights);
}

void SkewKernel::apply(const Likelihood& likelihood, const BlockOfRows& block) const {
    constexpr double kStep = 1e-2;  // errors of 1e-12 by rounding, and of 1e-4 of what is of the fifth order
    const RowBlock rows = block.rows;
    const std::size_t q = likelihood.predictors(), size = q * rows.stride;
    const std::size_t lanes = likelihood.extras() * kPanelRows;
    const Vector factors = factors_of_rows(likelihood, block), middle(block.eta, block.eta + size);
    Vector slopes_of_extras(lanes), at(size), of_extras(lanes);
    PointKernel(true).apply(likelihood, {rows, block.extras, nullptr, block.eta, block.weights, block.value,
                                         slopes_of_extras.data(), nullptr, nullptr});
    for (std::size_t i = 0; i < lanes; ++i) block.of_extras[i] += slopes_of_extras[i];
    std::fill_n(block.skew, size, 0.0);
    const double share = 0.5 / (kStep * kStep);
    for (std::size_t j = 0; j < q; ++j) {
        for (const double step : {kStep, -kStep}) {
            at = middle;
            for (std::size_t k = j; k < q; ++k)
                for (std::size_t i = 0; i < rows.count; ++i)
                    at[k * rows.stride + i] += step * factors[(k * q + j) * rows.stride + i];
            std::fill(of_extras.begin(), of_extras.end(), 0.0);
            likelihood.derivative_at(block.extras, rows, at.data(), of_extras.data(), nullptr);
            for (std::size_t i = 0; i < size; ++i) block.skew[i] += share * (at[i] - block.eta[i]);
            for (std::size_t i = 0; i < lanes; ++i)
                block.skew_of_extras[i] += share * (of_extras[i] - slopes_of_extras[i]);
        }
    }
}

void MeanKernel::apply(const Likelihood& likelihood, const BlockOfRows& block) const {
    const RowBlock rows = block.rows;
    const std::size_t q = likelihood.predictors(), size = q * rows.stride;
    const std::size_t products = products_of(likelihood) * rows.stride;
    const Vector factors = factors_of_rows(likelihood, block), middle(block.eta, block.eta + size);
    Vector slopes(size), curvature(size), weights(products);
    std::fill_n(block.eta, size, 0.0);
    std::fill_n(block.weights, products, 0.0);
    for (std::size_t s = 0; s < shares_.size(); ++s) {
        double lanes[kPanelRows] = {};
        slopes = middle;
        for (std::size_t k = 0; k < q; ++k) {
            for (std::size_t j = likelihood.coupled() ? 0 : k; j <= k; ++j) {
                const double node = nodes_[s * q + j];
                const double* factor = &factors[(k * q + j) * rows.stride];
                for (std::size_t i = 0; i < rows.count; ++i) slopes[k * rows.stride + i] += node * factor[i];
            }
        }
        curvature = slopes;
        likelihood.derivative_and_log_density(rows, slopes.data(), lanes);
        likelihood.curvature(rows, curvature.data());
        if (likelihood.coupled()) couple(likelihood, rows, curvature, weights.data());
        const Vector& found = likelihood.coupled() ? weights : curvature;
        for (std::size_t i = 0; i < size; ++i) block.eta[i] += shares_[s] * slopes[i];
        for (std::size_t i = 0; i < products; ++i) block.weights[i] += shares_[s] * found[i];
        for (std::size_t lane = 0; lane < kPanelRows; ++lane) block.value[lane] += shares_[s] * lanes[lane];
    }
}

void PolyaGammaKernel::apply(const Likelihood& likelihood, const BlockOfRows& block) const {
    constexpr double kSmall =
        1e-4;  // below it a series, whose next term is 2e-19 b; above it errors of 1e-12 b
    const RowBlock rows = block.rows;
    const Vector zeros(rows.count);
    Vector c(rows.count);
    for (std::size_t k = 0; k < likelihood.predictors(); ++k) {
        const PolyaGammaForm* form = likelihood.polya_gamma_of(k);
        double* eta = block.eta + k * rows.stride;
        double* omega = block.weights + k * rows.stride;
        const double *b = form->b + rows.first, *kappa = form->kappa + rows.first;
        const double* variance = block.variance + k * rows.stride;
        for (std::size_t i = 0; i < rows.count; ++i) {
            eta[i] += form->shift;
            c[i] = omega[i] = std::sqrt(eta[i] * eta[i] + variance[i]);
        }
        loops().model.residual_and_log_likelihood(zeros.data(), b, rows.count, omega, block.value);
        for (std::size_t i = 0; i < rows.count; ++i) {
            block.value[i % kPanelRows] += kappa[i] * eta[i];
            omega[i] = c[i] > kSmall ? -omega[i] / c[i] : b[i] * (0.25 - c[i] * c[i] / 48.0);
            eta[i] = kappa[i] - omega[i] * eta[i];
        }
    }
}

}  // namespace polyagamma
