#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/shrinkage_prior.hpp"
#include "terms/shrunk_model.hpp"

namespace polyagamma {

// A coefficient and its local scale by one factor, e^x γ_j and log λ_j + x: a slice along the orbit of a
// group of transformations (Liu and Sabatti 2000, Biometrika 87, 353), Jacobian included. Where most rows
// have one value c of the column the intercept moves by −c times as much as γ_j, which is such an orbit too,
// so that the other rows alone are to be looked at (see MovingRows). Its likelihood may
// be far from normal where few rows have the predictor, and reach from near 0 to far away; so the turn of a
// column comes with a probability in proportion to Σx⁴ / (Σx²)², one by the number of rows that count, until
// warm-up has seen how slowly each coefficient moves.
class ColumnScaling {
  public:
    explicit ColumnScaling(const ShrunkModel& model);

    // Moves coefficients whose turn it is with their scales, and the linear predictors of the padded rows;
    // `form`: of the likelihood with its present extras. Returns whether any had its turn.
    bool move(const PolyaGammaForm& form, ShrinkagePrior& prior, Vector& gamma, Vector& eta,
              BitGen& bitgen) const;

    // Notes the coefficients after a sweep.
    void see(const Vector& gamma);
    // Turns from the sweeps seen since the last time: more of them for coefficients that move slowly.
    void learn();
    // The probability that the turn of a column comes.
    double turn(std::size_t column) const { return probability_[column]; }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (Vector* part : {&probability_, &last_, &sum_, &square_, &step_})
            visitor(part->data(), part->size());
        visitor(&seen_, 1);
    }

  private:
    void scale(std::size_t j, const PolyaGammaForm& form, ShrinkagePrior& prior, Vector& gamma, Vector& eta,
               BitGen& bitgen) const;
    double autocorrelation(std::size_t j) const;

    const ShrunkModel* model_;
    Vector probability_;          // that the turn of a column comes, 0 of those that are not shrunk
    Vector last_;                 // of the coefficients seen
    Vector sum_, square_, step_;  // Σγ, Σγ² and Σ(change of γ)²
    double seen_ = 0.0;           // sweeps
};

}  // namespace polyagamma
