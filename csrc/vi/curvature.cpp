#include "vi/curvature.hpp"

#include <algorithm>

#include "linalg/weighted_gram.hpp"

namespace polyagamma {

void curvature_at(const Whitening& whitening, const Likelihood& likelihood, const double* u,
                  Vector& weights) {
    const std::size_t rows = likelihood.padded();
    Vector extras(likelihood.extras());
    whitening.predictors(u, weights.data());
    if (!extras.empty()) {
        whitening.last_coefficients(u, extras.size(), extras.data());
        likelihood.curvature_of_extras(extras.data(), weights.data(), weights.data() + rows);
    }
    likelihood.curvature_at(extras.data(), {0, rows, rows}, weights.data());
}

void weighted_precision(const Whitening& whitening, const Vector& prior, const Vector& weights,
                        double* precision) {
    std::copy(prior.begin(), prior.end(), precision);
    add_weighted_gram(whitening.matrix(), 0, whitening.matrix().count(), weights.data(), precision);
    const std::size_t k = whitening.size(), rows = whitening.predictor().size();
    for (std::size_t e = rows; e < weights.size(); ++e) {
        const double* row = whitening.last_row(weights.size() - 1 - e);
        for (std::size_t i = 0; i < k; ++i)
            for (std::size_t j = 0; j <= i; ++j) precision[i * k + j] += weights[e] * row[i] * row[j];
    }
}

}  // namespace polyagamma
