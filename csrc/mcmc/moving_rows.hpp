#pragma once

#include <cstddef>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "terms/shrunk_model.hpp"

namespace polyagamma {

// The rows whose linear predictors η a change of one coefficient moves, copied: where the column has a value
// that most rows have, those of other values alone, while the intercept changes so that the most stay.
class MovingRows {
  public:
    // `eta`: of the padded rows.
    MovingRows(const ShrunkModel& model, std::size_t column, const PolyaGammaForm& form, const Vector& eta);

    // Σℓ over these rows, but for a constant, after a change of the coefficient.
    double log_likelihood(double change);
    // What the intercept changes by for each unit of the coefficient's change.
    double of_intercept() const { return of_intercept_; }
    // Moves the linear predictors of the padded rows.
    void move(double change, Vector& eta) const;

  private:
    const UncommonRows* few_ = nullptr;  // null: all rows
    double of_intercept_ = 0.0;
    Vector x_, eta_, b_, kappa_, moved_;
};

}  // namespace polyagamma
