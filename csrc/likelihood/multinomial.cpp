#include "likelihood/multinomial.hpp"

#include <algorithm>
#include <cmath>

#include "likelihood/registry.hpp"
#include "math/elementary.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

const Registry<Likelihood>::Entry kEntry("multinomial", {"trials"},
                                         [](std::size_t rows, const std::vector<Vector>& arrays)
                                             -> std::unique_ptr<Likelihood> {
                                             const std::size_t size = arrays[1].size();
                                             if (rows == 0 || size < 2 * rows || size % rows != 0)
                                                 return nullptr;  // two classes: binomial rows
                                             return std::make_unique<Multinomial>(ClassCounts(
                                                 arrays[1].data(), arrays[0].data(), rows, size / rows));
                                         },
                                         {"counts"});

}  // namespace

Multinomial::Multinomial(ClassCounts counts)
    : Likelihood(counts.rows), counts_(std::move(counts)), kappa_(counts_.counts) {
    for (std::size_t k = 0; k < predictors(); ++k) {
        double* kappa = &kappa_[k * padded()];
        for (std::size_t i = 0; i < padded(); ++i) kappa[i] -= 0.5 * counts_.trials[i];
        forms_.push_back({counts_.trials.data(), kappa});
    }
}

void Multinomial::derivative(RowBlock rows, double* eta) const {
    derivative_and_log_density(rows, eta, nullptr);
}

void Multinomial::derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const {
    loops().classes.multinomial(counts_.of(0) + rows.first, counts_.stride, &counts_.trials[rows.first],
                                rows.count, predictors(), eta, rows.stride, log_density);
}

void Multinomial::curvature(RowBlock rows, double* eta) const {
    loops().classes.probabilities(rows.count, predictors(), eta, rows.stride);
    for (std::size_t k = 0; k < predictors(); ++k)
        for (std::size_t i = 0; i < rows.count; ++i)
            eta[k * rows.stride + i] *= counts_.trials[rows.first + i];
}

void Multinomial::coupling(RowBlock rows, double* curvature) const {
    for (std::size_t i = 0; i < rows.count; ++i) {
        const double trials = counts_.trials[rows.first + i];
        const double scale = trials > 0.0 ? 1.0 / std::sqrt(trials) : 0.0;
        for (std::size_t k = 0; k < predictors(); ++k) curvature[k * rows.stride + i] *= scale;
    }
}

// The sum without the class itself, not a difference from that of all, which would cancel.
void Multinomial::shift_of(std::size_t predictor, RowBlock rows, const double* eta, double* shift) const {
    for (std::size_t i = 0; i < rows.count; ++i) {
        double largest = 0.0;
        for (std::size_t k = 0; k < predictors(); ++k)
            if (k != predictor) largest = std::max(largest, eta[k * rows.stride + i]);
        double sum = exponential(-largest);
        for (std::size_t k = 0; k < predictors(); ++k)
            if (k != predictor) sum += exponential(eta[k * rows.stride + i] - largest);
        shift[i] = -(largest + logarithm(sum));
    }
}

std::unique_ptr<Likelihood> Multinomial::merged(const std::vector<std::size_t>& place, std::size_t m) const {
    return std::make_unique<Multinomial>(counts_.merged(place, m));
}

}  // namespace polyagamma
