#include "terms/noncentered_shrinkage.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "math/elementary.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr double kVarianceOfLogScale = 0.5;  // roughly, of their posteriors

}  // namespace

double NoncenteredShrinkage::slab(const double* q) const {
    return prior_.samples_slab() ? exponential(q[taus() + prior_.groups()]) : prior_.slab_prior().scale;
}

double NoncenteredShrinkage::bound(const double* q) const {
    const double c = slab(q);
    return prior_.has_slab() ? 1.0 / (c * c) : 0.0;
}

double NoncenteredShrinkage::variance(const double* q, std::size_t group, double log_lambda,
                                      double bound) const {
    const double free = exponential(2.0 * (q[tau_place(group)] + log_lambda));
    return free / (1.0 + free * bound);
}

void NoncenteredShrinkage::find_sds(const double* q, double* work) const {
    const std::size_t count = prior_.shrunk().size();
    const std::size_t* shrunk = prior_.shrunk().data();
    double *free = work, *sd = work + count;
    for (std::size_t i = 0; i < count; ++i) free[i] = 2.0 * q[taus() + prior_.columns().group[shrunk[i]]];
    if (local_count() > 0)
        for (std::size_t i = 0; i < count; ++i) free[i] += 2.0 * q[coefficients() + i];
    loops().scales.sds(free, count, bound(q), sd);
}

Vector NoncenteredShrinkage::sds(const double* q) const {
    Vector work(workspace()), all(coefficients());
    find_sds(q, work.data());
    for (std::size_t j = 0; j < all.size(); ++j) all[j] = 1.0 / prior_.columns().unit[j];
    const std::vector<std::size_t>& shrunk = prior_.shrunk();
    for (std::size_t i = 0; i < shrunk.size(); ++i) all[shrunk[i]] *= work[shrunk.size() + i];
    return all;
}

void NoncenteredShrinkage::coefficients_at(const double* q, double* beta, double* work) const {
    const ShrinkagePrior::Columns& columns = prior_.columns();
    find_sds(q, work);
    for (std::size_t j = 0; j < coefficients(); ++j) beta[j] = q[j] / columns.unit[j];
    const std::vector<std::size_t>& shrunk = prior_.shrunk();
    for (std::size_t i = 0; i < shrunk.size(); ++i) beta[shrunk[i]] *= work[shrunk.size() + i];
    for (std::size_t j = 0; j < coefficients(); ++j) beta[j] += columns.mean[j];
}

void NoncenteredShrinkage::coordinates_of(const double* beta, double* q) const {
    const Vector sd = sds(q);
    for (std::size_t j = 0; j < coefficients(); ++j) q[j] = (beta[j] - prior_.columns().mean[j]) / sd[j];
}

// With k = 1/(1 + (τλ/c)²): ∂ log s/∂ log λ = ∂ log s/∂ log τ = k, ∂ log s/∂ log c = 1 − k, and what log s
// does to ℓ is (β − m) ∂ℓ/∂β.
void NoncenteredShrinkage::differentiate(const double* q, const double* beta, const double* of_beta,
                                         double* gradient, const double* work) const {
    const ShrinkagePrior::Columns& columns = prior_.columns();
    const std::size_t p = coefficients(), count = prior_.shrunk().size();
    const double *free = work, *sd = work + count, limit = bound(q);
    double *of_lambda = gradient + p, *of_tau = gradient + taus(), of_slab = 0.0;
    std::fill(of_tau, gradient + size(), 0.0);
    Vector shrinking(prior_.groups());  // 1/τ²
    for (std::size_t g = 0; g < prior_.groups(); ++g) shrinking[g] = exponential(-2.0 * q[taus() + g]);
    for (std::size_t i = 0; i < local_count(); ++i)
        of_lambda[i] = free[i] * shrinking[columns.group[prior_.shrunk()[i]]];
    prior_.local().slopes(of_lambda, local_count());
    for (std::size_t j = 0; j < p; ++j) gradient[j] = of_beta[j] / columns.unit[j];
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t j = prior_.shrunk()[i];
        const double share = 1.0 / (1.0 + free[i] * limit);
        const double of_scale = (beta[j] - columns.mean[j]) * of_beta[j];
        gradient[j] *= sd[i];
        of_tau[columns.group[j]] += share * of_scale;
        of_slab += (1.0 - share) * of_scale;
        if (local_count() > 0) of_lambda[i] += share * of_scale;
    }
    for (std::size_t j = 0; j < p; ++j) gradient[j] -= q[j];
    for (std::size_t g = 0; g < prior_.groups(); ++g) {
        const double ratio = exponential(q[taus() + g]) / prior_.tau0()[g];
        of_tau[g] += 2.0 / (1.0 + ratio * ratio) - 1.0;
    }
    if (!prior_.samples_slab()) return;
    const ShrinkagePrior::Slab& slab_prior = prior_.slab_prior();
    const double ratio = slab_prior.scale * std::sqrt(limit);
    of_tau[prior_.groups()] = of_slab - slab_prior.degrees * (1.0 - ratio * ratio);
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
    const Vector sd = sds(q);
    double sum = log_density_of_coordinates(q);
    for (const std::size_t j : prior_.shrunk()) sum -= std::log(sd[j]);
    return sum;
}

void NoncenteredShrinkage::variances(const double* q, const double* curvature, double* variance) const {
    const Vector sd = sds(q);
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
