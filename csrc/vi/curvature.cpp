#include "vi/curvature.hpp"

#include <algorithm>

#include "linalg/weighted_gram.hpp"

namespace polyagamma {

void curvature_at(const Whitening& whitening, const Likelihood& likelihood, const double* u,
                  Vector& weights) {
    const Panels& matrix = whitening.matrix();
    loops().model.forward(matrix.panel(0), matrix.count(), matrix.columns(), u, 1, weights.data(),
                          weights.size());
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] += whitening.predictor()[i];
    likelihood.curvature({0, weights.size(), weights.size()}, weights.data());
}

void weighted_precision(const Whitening& whitening, const Vector& prior, const Vector& weights,
                        double* precision) {
    std::copy(prior.begin(), prior.end(), precision);
    add_weighted_gram(whitening.matrix(), 0, whitening.matrix().count(), weights.data(), precision);
}

}  // namespace polyagamma
