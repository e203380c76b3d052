#include "terms/additive_rows.hpp"

#include <algorithm>

#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kRows = 32 * kPanelRows;  // of a block, which stays in the first-level cache

constexpr double kLeastPrecision = 1e-8;

}  // namespace

RowCurves row_curves(const Likelihood& likelihood, const double* extras, const Vector& eta) {
    const RowBlock all{0, eta.size(), eta.size()};
    Vector of_extras(likelihood.extras() * kPanelRows);
    RowCurves curves{eta, eta};
    likelihood.curvature_at(extras, all, curves.precision.data());
    likelihood.derivative_at(extras, all, curves.slope.data(), of_extras.data(), nullptr);
    for (double& precision : curves.precision) precision = std::max(precision, kLeastPrecision);
    return curves;
}

void evaluate_rows(const AdditiveModel& model, const Likelihood& likelihood, const double* extras,
                   const GaussianRows& surrogate, const double* x, RowsAt& out) {
    const std::size_t n = model.design.rows(), padded = likelihood.padded();
    Vector of_extras(likelihood.extras() * kPanelRows), dense_sums(model.design.dense() * kPanelRows);
    double lanes[kPanelRows] = {}, less[kPanelRows] = {}, t[kRows], derivative[kRows];
    std::fill(out.gradient.begin(), out.gradient.end(), 0.0);
    for (std::size_t first = 0; first < padded; first += kRows) {
        const std::size_t count = std::min(kRows, padded - first), own = std::min(count, n - first);
        model.design.multiply(x, first, own, t);
        std::fill(t + own, t + count, 0.0);
        double* eta = &out.eta[first];
        for (std::size_t i = 0; i < count; ++i) derivative[i] = eta[i] = t[i] + model.offset[first + i];
        likelihood.derivative_at(extras, {first, count, count}, derivative, of_extras.data(), lanes);
        loops().model.subtract_gaussian(&surrogate.precision[first], &surrogate.linear[first], t, count,
                                        derivative, less);
        std::fill(derivative + own, derivative + count, 0.0);
        model.design.add_transposed(derivative, first, own, out.gradient.data(), dense_sums);
    }
    model.design.add_dense(dense_sums, out.gradient.data());
    out.log_likelihood = sum_lanes(lanes);
    out.excess = out.log_likelihood + sum_lanes(less);
}

}  // namespace polyagamma
