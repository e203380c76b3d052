#include "terms/kronecker_prior.hpp"

#include <algorithm>

#include "linalg/dense.hpp"

namespace polyagamma {

void KroneckerPrior::coefficients_at(const double* q, double* beta, double* work) const {
    basis_.apply(blas_, q, beta, work);
    for (std::size_t j = 0; j < size(); ++j) beta[j] += prior_.mean()[j];
}

void KroneckerPrior::differentiate(const double* q, const double*, const double* of_beta, double* gradient,
                                   const double*) const {
    Vector work(size());
    basis_.apply_transposed(blas_, of_beta, gradient, work.data());
    for (std::size_t j = 0; j < size(); ++j) gradient[j] -= q[j];
}

// (A ⊗ S)⁻¹ = (A ⊗ S)ᵀ Λ.
void KroneckerPrior::coordinates_of(const double* beta, double* q) const {
    Vector deviation(beta, beta + size()), scaled(size()), work(size());
    for (std::size_t j = 0; j < size(); ++j) deviation[j] -= prior_.mean()[j];
    prior_.apply_precision(blas_, deviation.data(), scaled.data());
    basis_.apply_transposed(blas_, scaled.data(), q, work.data());
}

void KroneckerPrior::variances(const double*, const double*, double* variance) const {
    for (std::size_t j = 0; j < size(); ++j) variance[j] = basis_.variance(j);
}

double KroneckerPrior::log_density_of_coordinates(const double* q) const {
    return -0.5 * dot(q, q, size());
}

Vector KroneckerPrior::centre() const {
    Vector q(size());
    coordinates_of(mode_.data(), q.data());
    return q;
}

// The basis: another machine might turn it differently.
Vector KroneckerPrior::save() const {
    Vector all(basis_.between.vectors);
    all.insert(all.end(), basis_.within.vectors.begin(), basis_.within.vectors.end());
    return all;
}

bool KroneckerPrior::restore(const Vector& saved) {
    if (saved.size() != basis_.between.vectors.size() + basis_.within.vectors.size()) return false;
    basis_.between.set_vectors(saved.data());
    basis_.within.set_vectors(saved.data() + basis_.between.vectors.size());
    return true;
}

}  // namespace polyagamma
