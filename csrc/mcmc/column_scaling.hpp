#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/shrinkage_prior.hpp"
#include "terms/shrunk_model.hpp"

namespace polyagamma {

// A coefficient and its local scale by one factor, e^x γ_j and log λ_j + x: a slice along the orbit of a
// group of transformations (Liu and Sabatti 2000, Biometrika 87, 353), Jacobian included. Its likelihood may
// be far from normal where few rows have the predictor, and reach from near 0 to far away; so the turn of a
// column comes with a probability in proportion to Σx⁴ / (Σx²)², one by the number of rows that count.
class ColumnScaling {
  public:
    explicit ColumnScaling(const ShrunkModel& model);

    // Moves coefficients whose turn it is with their scales, and the linear predictors of the padded rows.
    void move(const Likelihood& likelihood, const double* extras, ShrinkagePrior& prior, Vector& gamma,
              Vector& eta, BitGen& bitgen) const;

  private:
    // A column of few rows, and the probability that its turn comes.
    struct Rare {
        std::size_t column;
        double probability;
    };
    void scale(std::size_t j, const Likelihood& likelihood, const double* extras, ShrinkagePrior& prior,
               Vector& gamma, Vector& eta, BitGen& bitgen) const;

    const ShrunkModel* model_;
    std::vector<Rare> rare_;
};

}  // namespace polyagamma
