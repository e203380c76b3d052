#include "likelihood/negative_binomial.hpp"

#include <algorithm>
#include <cmath>

#include "likelihood/registry.hpp"
#include "math/elementary.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// The prior of the dispersion, its logarithm if it is known, or nothing for sums over rows alone.
const Registry<Likelihood>::Entry kEntry(
    "negative_binomial", {"y", "weights"},
    [](std::size_t rows, const std::vector<Vector>& arrays) -> std::unique_ptr<Likelihood> {
        const double *y = arrays[0].data(), *weights = arrays[1].data();
        const Vector& dispersion = arrays[2];
        if (dispersion.empty()) return std::make_unique<NegativeBinomial>(y, weights, rows);
        if (dispersion.size() == 1)
            return std::make_unique<NegativeBinomial>(y, weights, rows, dispersion[0]);
        if (dispersion.size() != 3) return nullptr;
        return std::make_unique<NegativeBinomial>(
            y, weights, rows, NegativeBinomial::DispersionPrior{dispersion[0], dispersion[1], dispersion[2]});
    },
    {"dispersion"});

}  // namespace

NegativeBinomial::NegativeBinomial(LogDispersion dispersion, std::size_t rows, bool sampled)
    : Likelihood(rows),
      dispersion_(std::move(dispersion)),
      sampled_(sampled),
      totals_(padded()),
      weights_(padded()),
      b_(padded()),
      kappa_(padded()) {}

NegativeBinomial::NegativeBinomial(const double* y, const double* weights, std::size_t rows,
                                   DispersionPrior prior)
    : NegativeBinomial(LogDispersion(std::make_shared<CountTable>(y, weights, rows), prior), rows, true) {
    set_rows(y, weights);
}

NegativeBinomial::NegativeBinomial(const double* y, const double* weights, std::size_t rows, double rho)
    : NegativeBinomial(LogDispersion(nullptr, {}), rows, false) {
    set_rows(y, weights);
    set_form(rho);
}

NegativeBinomial::NegativeBinomial(const double* y, const double* weights, std::size_t rows)
    : NegativeBinomial(LogDispersion(nullptr, {}), rows, true) {
    set_rows(y, weights);
}

void NegativeBinomial::set_rows(const double* y, const double* weights) {
    std::copy_n(weights, rows(), weights_.begin());
    for (std::size_t i = 0; i < rows(); ++i) totals_[i] = weights[i] * y[i];
    set_form(0.0);
}

std::unique_ptr<NegativeBinomial> NegativeBinomial::of_rows(std::size_t rows) const {
    return std::unique_ptr<NegativeBinomial>(new NegativeBinomial(dispersion_, rows, sampled_));
}

std::unique_ptr<Likelihood> NegativeBinomial::for_chain() const {
    if (!sampled_) return nullptr;
    std::unique_ptr<NegativeBinomial> copy = of_rows(rows());
    copy->totals_ = totals_;
    copy->weights_ = weights_;
    copy->set_form(rho_);
    return copy;
}

std::unique_ptr<Likelihood> NegativeBinomial::at_extras(const double* rho) const {
    std::unique_ptr<NegativeBinomial> copy = of_rows(rows());
    copy->totals_ = totals_;
    copy->weights_ = weights_;
    copy->sampled_ = false;
    copy->set_form(*rho);
    return copy;
}

// Rows of one mean: weights and weighted counts add up; the table is that of the counts themselves.
std::unique_ptr<Likelihood> NegativeBinomial::merged(const std::vector<std::size_t>& place,
                                                     std::size_t m) const {
    std::unique_ptr<NegativeBinomial> fewer = of_rows(m);
    for (std::size_t i = 0; i < place.size(); ++i) {
        fewer->totals_[place[i]] += totals_[i];
        fewer->weights_[place[i]] += weights_[i];
    }
    fewer->set_form(rho_);
    return fewer;
}

void NegativeBinomial::set_form(double rho) {
    const double r = exponential(rho);
    rho_ = rho;
    for (std::size_t i = 0; i < rows(); ++i) {
        b_[i] = totals_[i] + weights_[i] * r;
        kappa_[i] = 0.5 * (totals_[i] - weights_[i] * r);
    }
    form_ = {b_.data(), kappa_.data(), -rho};
}

void NegativeBinomial::derivative(RowBlock rows, double* eta) const {
    derivative_and_log_density(rows, eta, nullptr);
}

void NegativeBinomial::derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const {
    double unwanted[kPanelRows] = {};
    differentiate(rho_, rows, eta, unwanted, log_density);
}

void NegativeBinomial::derivative_at(const double* z, RowBlock rows, double* eta, double* of_rho,
                                     double* log_density) const {
    if (!sampled_) return derivative_and_log_density(rows, eta, log_density);
    differentiate(dispersion_.at(*z), rows, eta, of_rho, log_density);
}

void NegativeBinomial::differentiate(double rho, RowBlock rows, double* eta, double* of_rho,
                                     double* log_density) const {
    loops().counts.negative_binomial(&totals_[rows.first], &weights_[rows.first], rho, rows.count, eta,
                                     of_rho, log_density);
}

void NegativeBinomial::curvature(RowBlock rows, double* eta) const {
    bend(rho_, rows, eta);
}

void NegativeBinomial::curvature_at(const double* z, RowBlock rows, double* eta) const {
    bend(sampled_ ? dispersion_.at(*z) : rho_, rows, eta);
}

void NegativeBinomial::bend(double rho, RowBlock rows, double* eta) const {
    const double r = exponential(rho);
    Vector b(rows.count);
    for (std::size_t i = 0; i < rows.count; ++i) {
        b[i] = totals_[rows.first + i] + weights_[rows.first + i] * r;
        eta[i] -= rho;
    }
    loops().model.curvature(b.data(), rows.count, eta);
}

double NegativeBinomial::log_density_of_extras(const double* z, double* of_z) const {
    return dispersion_.log_density(*z, of_z);
}

void NegativeBinomial::curvature_of_extras(const double* z, const double* eta, double* curvature) const {
    *curvature = dispersion_.curvature(*z, [&](double below, double above) {
        return std::pair(sum_of(eta, below, true), sum_of(eta, above, true));
    });
}

// Σ∂ℓ/∂ρ or Σℓ of all rows.
double NegativeBinomial::sum_of(const double* eta, double rho, bool slope) const {
    Vector copy(eta, eta + padded()), slopes(kPanelRows), values(kPanelRows);
    differentiate(rho, {0, padded(), padded()}, copy.data(), slopes.data(), slope ? nullptr : values.data());
    return sum_lanes(slope ? slopes.data() : values.data());
}

void NegativeBinomial::update_extras(const double* eta, double* z, BitGen& bitgen) {
    *z = dispersion_.update(*z, [&](double rho) { return sum_of(eta, rho, false); }, bitgen);
    set_form(dispersion_.at(*z));
}

}  // namespace polyagamma
