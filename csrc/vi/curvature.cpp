#include "vi/curvature.hpp"

#include <algorithm>

#include "simd/loops.hpp"

namespace polyagamma {

void curvature_at(const Whitening& whitening, const Rows& rows, const double* u, Vector& weights) {
    const ModelLoops& kernel = loops().model;
    const Panels& matrix = whitening.matrix();
    kernel.forward(matrix.panel(0), matrix.count(), matrix.columns(), u, 1, weights.data(), weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] += whitening.predictor()[i];
    kernel.curvature(rows.shape.data(), weights.size(), weights.data());
}

void weighted_precision(const Whitening& whitening, const Vector& weights, double* precision) {
    constexpr std::size_t kPanels = 64;
    const Panels& matrix = whitening.matrix();
    std::copy(whitening.precision().begin(), whitening.precision().end(), precision);
    for (std::size_t t = 0; t < matrix.count(); t += kPanels) {
        loops().model.weighted_gram(matrix.panel(t), std::min(kPanels, matrix.count() - t), matrix.columns(),
                                    &weights[t * kPanelRows], precision);
    }
}

}  // namespace polyagamma
