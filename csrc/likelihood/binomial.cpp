#include "likelihood/binomial.hpp"

#include <algorithm>
#include <cmath>

#include "likelihood/registry.hpp"
#include "math/elementary.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

const Registry<Likelihood>::Entry kEntry("binomial", {"b", "kappa"},
                                         [](std::size_t rows, const std::vector<Vector>& arrays) {
                                             return std::make_unique<Binomial>(arrays[0].data(),
                                                                               arrays[1].data(), rows);
                                         });

}  // namespace

Binomial::Binomial(const double* b, const double* kappa, std::size_t rows)
    : Likelihood(rows), b_(padded_rows(rows)), kappa_(padded_rows(rows)), form_{b_.data(), kappa_.data()} {
    std::copy_n(b, rows, b_.begin());
    std::copy_n(kappa, rows, kappa_.begin());
}

void Binomial::derivative(RowBlock rows, double* eta) const {
    loops().model.residual(&kappa_[rows.first], &b_[rows.first], rows.count, eta);
}

void Binomial::derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const {
    loops().model.residual_and_log_likelihood(&kappa_[rows.first], &b_[rows.first], rows.count, eta,
                                              log_density);
}

void Binomial::curvature(RowBlock rows, double* eta) const {
    loops().model.curvature(&b_[rows.first], rows.count, eta);
}

std::unique_ptr<Likelihood> Binomial::merged(const std::vector<std::size_t>& place, std::size_t m) const {
    Vector b(m), kappa(m);
    for (std::size_t i = 0; i < place.size(); ++i) {
        b[place[i]] += b_[i];
        kappa[place[i]] += kappa_[i];
    }
    return std::make_unique<Binomial>(b.data(), kappa.data(), m);
}

double log_likelihood(const LatentRows& rows, const double* g) {
    double sum = 0.0;
    for (std::size_t i = 0; i < rows.n; ++i) {
        const double eta = rows.offset[i] + g[i];
        const double size = std::fabs(eta);  // log(2 cosh(η/2)) = |η|/2 + log(1 + e^{-|η|})
        sum += rows.kappa[i] * eta - rows.b[i] * (0.5 * size + logarithm_one_plus(exponential(-size)));
    }
    return sum;
}

}  // namespace polyagamma
