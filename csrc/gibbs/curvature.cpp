#include "gibbs/curvature.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"

namespace polyagamma {

void curvature_at(const Coordinates& coordinates, const Rows& rows, const double* u, Vector& weights) {
    const ModelKernels& kernel = kernels().model;
    const Panels& matrix = coordinates.matrix();
    kernel.forward(matrix.panel(0), matrix.count(), matrix.columns(), u, 1, weights.data(), weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] += coordinates.predictor()[i];
    kernel.curvature(rows.shape.data(), weights.size(), weights.data());
}

void weighted_precision(const Coordinates& coordinates, const Vector& weights, double* precision) {
    constexpr std::size_t kPanels = 64;
    const Panels& matrix = coordinates.matrix();
    std::copy(coordinates.precision().begin(), coordinates.precision().end(), precision);
    for (std::size_t t = 0; t < matrix.count(); t += kPanels) {
        kernels().model.weighted_gram(matrix.panel(t), std::min(kPanels, matrix.count() - t),
                                      matrix.columns(), &weights[t * kPanelRows], precision);
    }
}

}  // namespace polyagamma
