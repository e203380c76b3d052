#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/shrinkage_prior.hpp"
#include "terms/shrunk_model.hpp"

namespace polyagamma {

// The scale of a group and its coefficients by one factor, log τ + x and e^x γ: a slice along the orbit of a
// group of transformations (Liu and Sabatti 2000, Biometrika 87, 353), Jacobian included.
class GroupScaling {
  public:
    GroupScaling(const ShrunkModel& model, std::size_t group) : model_(model), group_(group) {}

    // Moves τ and γ; `eta`: the linear predictors of the padded rows before.
    void move(const Likelihood& likelihood, const double* extras, const Vector& eta, ShrinkagePrior& prior,
              Vector& gamma, BitGen& bitgen);

  private:
    bool scales(std::size_t j, const ShrinkagePrior& prior) const {
        return prior.columns().group[j] == group_;
    }
    // With the τ that x makes.
    double log_prior(double x, double log_tau, const ShrinkagePrior& prior, const Vector& gamma) const;

    const ShrunkModel& model_;
    std::size_t group_;
};

}  // namespace polyagamma
