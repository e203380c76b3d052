#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "pg/sampler.hpp"

namespace polyagamma {

// Rows of a linear model that are in files or on other machines. What the samplers ask of rows are sums: of
// strips, as RowPartition cuts all of them. Whoever has the rows of a strip makes its sums by the same code
// as if all rows were here (RowShare), so that they have the same bits.
class DistantRows {
  public:
    virtual ~DistantRows() = default;

    // From now on coefficients = centre + basis · u; before, u are the coefficients.
    virtual void assign(const Vector& centre, const Vector& basis) = 0;
    // For u (chains, k), of each strip of RowPartition::for_vectors: see GradientPass::Sums.
    virtual void gradients(const Vector& u, std::size_t chains, bool values, Vector& sums) = 0;
    // For u (chains, k), of each strip of RowPartition::for_matrices: see AugmentedPass::Sums. Without keys,
    // of the log-likelihood alone.
    virtual void augmented(const Vector& u, const std::vector<FillKey>& keys, bool values, Vector& sums) = 0;
    // Adds Mᵀ diag(w) M, lower triangle (k, k), with the mean w of the curvatures at u (points, k), strip by
    // strip of RowPartition::for_curvature.
    virtual void add_curvature(const Vector& u, std::size_t points, double* gram) = 0;
};

}  // namespace polyagamma
