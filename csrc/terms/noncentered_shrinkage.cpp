#include "terms/noncentered_shrinkage.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "math/elementary.hpp"

namespace polyagamma {
namespace {

constexpr double kVarianceOfLogScale = 0.5;  // roughly, of their posteriors

}  // namespace

double NoncenteredShrinkage::slab(const double* q) const {
    return prior_.samples_slab() ? exponential(q[taus() + prior_.groups()]) : prior_.slab_prior().scale;
}

double NoncenteredShrinkage::free_variance(const double* q, std::size_t i) const {
    const double log_tau = q[taus() + prior_.columns().group[prior_.shrunk()[i]]];
    return exponential(2.0 * (log_tau + (local_count() > 0 ? q[coefficients() + i] : 0.0)));
}

void NoncenteredShrinkage::sds(const double* q, double* sd) const {
    const ShrinkagePrior::Columns& columns = prior_.columns();
    for (std::size_t j = 0; j < coefficients(); ++j) sd[j] = 1.0 / columns.unit[j];
    const double bound = prior_.has_slab() ? 1.0 / (slab(q) * slab(q)) : 0.0;
    for (std::size_t i = 0; i < prior_.shrunk().size(); ++i) {
        const double free = free_variance(q, i);
        sd[prior_.shrunk()[i]] *= std::sqrt(free / (1.0 + free * bound));
    }
}

void NoncenteredShrinkage::coefficients_at(const double* q, double* beta) const {
    sds(q, beta);
    for (std::size_t j = 0; j < coefficients(); ++j) beta[j] = prior_.columns().mean[j] + beta[j] * q[j];
}

void NoncenteredShrinkage::coordinates_of(const double* beta, double* q) const {
    Vector sd(coefficients());
    sds(q, sd.data());
    for (std::size_t j = 0; j < coefficients(); ++j) q[j] = (beta[j] - prior_.columns().mean[j]) / sd[j];
}

// With k = 1/(1 + (τλ/c)²): ∂ log s/∂ log λ = ∂ log s/∂ log τ = k, ∂ log s/∂ log c = 1 − k, and what log s
// does to ℓ is (β − m) ∂ℓ/∂β.
void NoncenteredShrinkage::differentiate(const double* q, const double* beta, const double* of_beta,
                                         double* gradient) const {
    const ShrinkagePrior::Columns& columns = prior_.columns();
    const std::size_t p = coefficients();
    sds(q, gradient);
    for (std::size_t j = 0; j < p; ++j) gradient[j] = gradient[j] * of_beta[j] - q[j];
    std::fill(gradient + p, gradient + size(), 0.0);
    const double c = slab(q), bound = prior_.has_slab() ? 1.0 / (c * c) : 0.0;
    double of_slab = 0.0;
    for (std::size_t i = 0; i < prior_.shrunk().size(); ++i) {
        const std::size_t j = prior_.shrunk()[i];
        const double share = 1.0 / (1.0 + free_variance(q, i) * bound);
        const double of_scale = (beta[j] - columns.mean[j]) * of_beta[j];
        gradient[taus() + columns.group[j]] += share * of_scale;
        of_slab += (1.0 - share) * of_scale;
        if (local_count() > 0)
            gradient[p + i] = share * of_scale + prior_.local().slope(exponential(2.0 * q[p + i]));
    }
    for (std::size_t g = 0; g < prior_.groups(); ++g) {
        const double ratio = exponential(q[taus() + g]) / prior_.tau0()[g];
        gradient[taus() + g] += 2.0 / (1.0 + ratio * ratio) - 1.0;
    }
    if (!prior_.samples_slab()) return;
    const ShrinkagePrior::Slab& slab_prior = prior_.slab_prior();
    const double ratio = slab_prior.scale / c;
    gradient[taus() + prior_.groups()] = of_slab - slab_prior.degrees * (1.0 - ratio * ratio);
}

// Of log λ, log τ and log c.
double NoncenteredShrinkage::log_density_of_scales(const double* q) const {
    double sum = prior_.samples_slab() ? prior_.log_prior_of_slab(q[taus() + prior_.groups()]) : 0.0;
    for (std::size_t g = 0; g < prior_.groups(); ++g) sum += prior_.log_prior_of_tau(g, q[taus() + g]);
    for (std::size_t i = 0; i < local_count(); ++i) sum += prior_.local().log_density(q[coefficients() + i]);
    return sum;
}

double NoncenteredShrinkage::log_density_of_coordinates(const double* q) const {
    return log_density_of_scales(q) - 0.5 * dot(q, q, coefficients());
}

double NoncenteredShrinkage::log_density(const double* q) const {
    Vector sd(coefficients());
    sds(q, sd.data());
    double sum = log_density_of_coordinates(q);
    for (const std::size_t j : prior_.shrunk()) sum -= std::log(sd[j]);
    return sum;
}

void NoncenteredShrinkage::variances(const double* q, const double* curvature, double* variance) const {
    Vector sd(coefficients());
    sds(q, sd.data());
    for (std::size_t j = 0; j < coefficients(); ++j) variance[j] = 1.0 / (1.0 + curvature[j] * sd[j] * sd[j]);
    std::fill(variance + coefficients(), variance + size(), kVarianceOfLogScale);
}

Vector NoncenteredShrinkage::centre() const {
    Vector q(size());
    for (std::size_t g = 0; g < prior_.groups(); ++g) q[taus() + g] = std::log(prior_.tau0()[g]);
    if (prior_.samples_slab()) q[taus() + prior_.groups()] = std::log(prior_.slab_prior().scale);
    return q;
}

Vector NoncenteredShrinkage::scales(const double* q) const {
    Vector all;
    for (std::size_t g = 0; g < prior_.groups(); ++g) all.push_back(std::exp(q[taus() + g]));
    if (prior_.samples_slab()) all.push_back(slab(q));
    for (std::size_t i = 0; i < local_count(); ++i) all.push_back(std::exp(q[coefficients() + i]));
    return all;
}

}  // namespace polyagamma
