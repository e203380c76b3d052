#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "likelihood/likelihood.hpp"
#include "likelihood/registry.hpp"

namespace polyagamma {
namespace {

// Poisson counts y of weight w with mean e^η: density e^{w (yη − e^η)} but for a constant. An exposure goes
// into the offset, as its logarithm.
class Poisson final : public Likelihood {
  public:
    Poisson(const double* y, const double* weights, std::size_t rows);

    void derivative(RowBlock rows, double* eta) const override;
    void derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const override;
    void curvature(RowBlock rows, double* eta) const override;
    std::unique_ptr<Likelihood> merged(const std::vector<std::size_t>& place, std::size_t m) const override;

  private:
    Vector y_, weights_;  // padded
};

Poisson::Poisson(const double* y, const double* weights, std::size_t rows)
    : Likelihood(rows), y_(padded_rows(rows)), weights_(padded_rows(rows)) {
    std::copy_n(y, rows, y_.begin());
    std::copy_n(weights, rows, weights_.begin());
}

void Poisson::derivative(RowBlock rows, double* eta) const {
    for (std::size_t i = 0; i < rows.count; ++i)
        eta[i] = weights_[rows.first + i] * (y_[rows.first + i] - std::exp(eta[i]));
}

void Poisson::derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const {
    for (std::size_t i = 0; i < rows.count; ++i) {
        const double y = y_[rows.first + i], weight = weights_[rows.first + i], mean = std::exp(eta[i]);
        log_density[i % kPanelRows] += weight * (y * eta[i] - mean);
        eta[i] = weight * (y - mean);
    }
}

void Poisson::curvature(RowBlock rows, double* eta) const {
    for (std::size_t i = 0; i < rows.count; ++i) eta[i] = weights_[rows.first + i] * std::exp(eta[i]);
}

// Rows of one mean: weights add up, and y is their weighted mean.
std::unique_ptr<Likelihood> Poisson::merged(const std::vector<std::size_t>& place, std::size_t m) const {
    Vector y(m), weights(m);
    for (std::size_t i = 0; i < place.size(); ++i) {
        y[place[i]] += weights_[i] * y_[i];
        weights[place[i]] += weights_[i];
    }
    for (std::size_t i = 0; i < m; ++i) y[i] /= weights[i];
    return std::make_unique<Poisson>(y.data(), weights.data(), m);
}

const Registry<Likelihood>::Entry kEntry("poisson", {"y", "weights"},
                                         [](std::size_t rows, const std::vector<Vector>& arrays) {
                                             return std::make_unique<Poisson>(arrays[0].data(),
                                                                              arrays[1].data(), rows);
                                         });

}  // namespace
}  // namespace polyagamma
