#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "pg/sampler.hpp"

namespace polyagamma {

// Rows of a linear model that are in files or on other machines. What the samplers ask of rows are sums: of
// strips, as RowPartition cuts all of them, or sums that go through all rows, to which the rows of one strip
// after the other are added. Whoever has the rows of a strip makes its sums by the same code as if all rows
// were here (RowShare), so that they have the same bits.
// Points are u (points, k): coordinates, and where rows have several predictors coefficients. Extras (points,
// extras) are those of a likelihood, as they are told.
class DistantRows {
  public:
    virtual ~DistantRows() = default;

    // From now on coefficients = centre + basis · u; before, and where rows have several predictors, u are
    // the coefficients.
    virtual void assign(const Vector& centre, const Vector& basis) = 0;
    // Of each strip of RowPartition::for_vectors: see GradientPass::sums.
    virtual void gradients(const Vector& u, const Vector& extras, bool values, Vector& sums) = 0;
    // Of each strip of RowPartition::for_matrices, and of one predictor given the others: see
    // AugmentedPass::sums. Without keys, of the log-likelihood alone.
    virtual void augmented(const Vector& u, const Vector& extras, std::size_t predictor,
                           const std::vector<FillKey>& keys, bool values, Vector& sums) = 0;
    // Adds Mᵀ diag(w) M, lower triangle (k, k), with the mean w of the curvatures at the points, strip by
    // strip of RowPartition::for_curvature; of several predictors the Gram matrices of all points, see
    // strip_curvatures, through all rows.
    virtual void add_curvature(const Vector& u, const Vector& extras, Vector& gram) = 0;
    // Adds, through all rows, lane by lane Σ∂ℓ/∂extra and Σℓ for each of some values of the only extra, at
    // one point u: (values, 2, kPanelRows).
    virtual void add_extra_sums(const Vector& u, const Vector& extras, Vector& lanes) = 0;
};

}  // namespace polyagamma
