#include "terms/shrunk_model.hpp"

#include <algorithm>

#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = 32;  // of rows that stay in the first-level cache

// Xᵀ slope of some panels, added lane by lane to lanes (k, kPanelRows).
void add_products(const ShrunkModel& model, std::size_t first_panel, std::size_t panels, const double* slope,
                  double* lanes) {
    loops().model.transposed(model.x.panel(first_panel), panels, model.size(), slope, 1, panels * kPanelRows,
                             lanes);
}

void sum_all(const Vector& lanes, Vector& gradient) {
    for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] = sum_lanes(&lanes[j * kPanelRows]);
}

}  // namespace

void evaluate_rows(const ShrunkModel& model, const Likelihood& likelihood, const double* extras,
                   const GaussianRows& surrogate, const double* gamma, RowsWanted wanted, ShrunkRowsAt& out) {
    const std::size_t k = model.size(), n = likelihood.rows();
    const bool value = wanted != RowsWanted::gradient, gradient = wanted != RowsWanted::value;
    Vector of_extras(likelihood.extras() * kPanelRows), products(gradient ? k * kPanelRows : 0);
    double lanes[kPanelRows] = {}, less[kPanelRows] = {}, t[kBlockPanels * kPanelRows];
    for (std::size_t panel = 0; panel < model.x.count(); panel += kBlockPanels) {
        const std::size_t panels = std::min(kBlockPanels, model.x.count() - panel);
        const std::size_t first = panel * kPanelRows, count = panels * kPanelRows;
        double *eta = &out.eta[first], *slope = &out.slope[first];
        loops().model.forward(model.x.panel(panel), panels, k, gamma, 1, t, count);
        for (std::size_t i = 0; i < count; ++i) slope[i] = eta[i] = t[i] + model.offset[first + i];
        likelihood.derivative_at(extras, {first, count, count}, slope, of_extras.data(),
                                 value ? lanes : nullptr);
        loops().model.subtract_gaussian(&surrogate.precision[first], &surrogate.linear[first], t, count,
                                        slope, less);
        if (first + count > n) std::fill(slope + (n - first), slope + count, 0.0);
        if (gradient) add_products(model, panel, panels, slope, products.data());
    }
    if (gradient) sum_all(products, out.gradient);
    out.log_likelihood = sum_lanes(lanes);
    out.excess = out.log_likelihood + sum_lanes(less);
}

void complete_gradient(const ShrunkModel& model, ShrunkRowsAt& out) {
    Vector lanes(model.size() * kPanelRows);
    add_products(model, 0, model.x.count(), out.slope.data(), lanes.data());
    sum_all(lanes, out.gradient);
}

}  // namespace polyagamma
