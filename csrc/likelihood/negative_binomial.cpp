#include "likelihood/negative_binomial.hpp"

#include <algorithm>
#include <cmath>

#include "likelihood/registry.hpp"
#include "math/elementary.hpp"
#include "random/slice.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// The prior of the dispersion, or its logarithm if it is known.
const Registry<Likelihood>::Entry kEntry(
    "negative_binomial", {"y", "weights"},
    [](std::size_t rows, const std::vector<Vector>& arrays) -> std::unique_ptr<Likelihood> {
        const double *y = arrays[0].data(), *weights = arrays[1].data();
        const Vector& dispersion = arrays[2];
        if (dispersion.size() == 1)
            return std::make_unique<NegativeBinomial>(y, weights, rows, dispersion[0]);
        if (dispersion.size() != 3) return nullptr;
        return std::make_unique<NegativeBinomial>(
            y, weights, rows, NegativeBinomial::DispersionPrior{dispersion[0], dispersion[1], dispersion[2]});
    },
    {"dispersion"});

}  // namespace

NegativeBinomial::NegativeBinomial(std::shared_ptr<const CountTable> table, std::size_t rows,
                                   DispersionPrior prior, bool sampled)
    : Likelihood(rows),
      table_(std::move(table)),
      prior_(prior),
      sampled_(sampled),
      totals_(padded()),
      weights_(padded()),
      b_(padded()),
      kappa_(padded()) {}

NegativeBinomial::NegativeBinomial(const double* y, const double* weights, std::size_t rows,
                                   DispersionPrior prior)
    : NegativeBinomial(std::make_shared<CountTable>(y, weights, rows), rows, prior, true) {
    std::copy_n(weights, rows, weights_.begin());
    for (std::size_t i = 0; i < rows; ++i) totals_[i] = weights[i] * y[i];
    set_form(0.0);
}

NegativeBinomial::NegativeBinomial(const double* y, const double* weights, std::size_t rows, double rho)
    : NegativeBinomial(y, weights, rows, DispersionPrior{0.0, 0.0, 0.0}) {
    sampled_ = false;
    set_form(rho);
}

std::unique_ptr<NegativeBinomial> NegativeBinomial::of_rows(std::size_t rows) const {
    return std::unique_ptr<NegativeBinomial>(new NegativeBinomial(table_, rows, prior_, sampled_));
}

std::unique_ptr<Likelihood> NegativeBinomial::for_chain() const {
    if (!sampled_) return nullptr;
    std::unique_ptr<NegativeBinomial> copy = of_rows(rows());
    copy->totals_ = totals_;
    copy->weights_ = weights_;
    copy->warp_ = warp_;
    copy->set_form(rho_);
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
    differentiate(warp_.at(*z).value, rows, eta, of_rho, log_density);
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
    bend(sampled_ ? warp_.at(*z).value : rho_, rows, eta);
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

// Where r or 1/r comes near the ends of double precision the density is taken for zero.
double NegativeBinomial::log_density_of_extras(const double* z, double* of_z) const {
    constexpr double kLargest = 700.0;
    const NaturalSpline::Value rho = warp_.at(*z);
    if (!(std::fabs(rho.value) < kLargest)) return -kInfinity;
    const CountTable::Value table = table_->at(rho.value);
    const double of_prior = prior_.rate * exponential(rho.value),
                 of_inverse = prior_.scale * exponential(-rho.value);
    *of_z += table.slope + prior_.shape - of_prior + of_inverse;
    *of_z = *of_z * rho.slope + rho.bend / rho.slope;
    return table.value + prior_.shape * rho.value - of_prior - of_inverse + std::log(rho.slope);
}

// By central differences, for nothing exact hangs on it. Where the log density is not concave in z, its size,
// and at least one in a hundred.
void NegativeBinomial::curvature_of_extras(const double* z, const double* eta, double* curvature) const {
    constexpr double kStep = 1e-3, kLeast = 0.01;
    const auto slope = [&](double at) {
        Vector copy(eta, eta + padded()), lanes(kPanelRows);
        derivative_at(&at, {0, padded(), padded()}, copy.data(), lanes.data(), nullptr);
        double sum = sum_lanes(lanes.data());
        log_density_of_extras(&at, &sum);
        return sum;
    };
    const double bend = (slope(*z - kStep) - slope(*z + kStep)) / (2.0 * kStep);
    *curvature = std::isfinite(bend) ? std::max(std::fabs(bend), kLeast) : kLeast;
}

double NegativeBinomial::log_density(const double* eta, double z) const {
    Vector copy(eta, eta + padded()), lanes(kPanelRows), slopes(kPanelRows);
    derivative_at(&z, {0, padded(), padded()}, copy.data(), slopes.data(), lanes.data());
    return sum_lanes(lanes.data()) + log_density_of_extras(&z, slopes.data());
}

void NegativeBinomial::update_extras(const double* eta, double* z, BitGen& bitgen) {
    constexpr double kWidth = 1.0;  // shorter steps are found by shrinking, in a few evaluations
    *z = slice_step(*z, kWidth, [&](double at) { return log_density(eta, at); }, bitgen);
    set_form(warp_.at(*z).value);
}

}  // namespace polyagamma
