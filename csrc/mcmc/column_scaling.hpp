#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "mcmc/weighted_choice.hpp"
#include "random/bitgen.hpp"
#include "terms/shrinkage_prior.hpp"
#include "terms/shrunk_model.hpp"

namespace polyagamma {

// A coefficient and its local scale by one factor, e^x γ_j and log λ_j + x: a slice along the orbit of a
// group of transformations (Liu and Sabatti 2000, Biometrika 87, 353), Jacobian included. Its likelihood may
// be far from normal where few rows have the predictor, and reach from near 0 to far away; so columns are
// chosen with probabilities in proportion to Σx⁴ / (Σx²)², the share of the rows that have it all.
class ColumnScaling {
  public:
    explicit ColumnScaling(const ShrunkModel& model);

    // Moves one coefficient with its scale, and the linear predictors of the padded rows.
    void move(const Likelihood& likelihood, const double* extras, ShrinkagePrior& prior, Vector& gamma,
              Vector& eta, BitGen& bitgen) const;

  private:
    const ShrunkModel* model_;
    WeightedChoice choice_;  // among the shrunk columns
};

}  // namespace polyagamma
