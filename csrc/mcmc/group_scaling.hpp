#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/shrinkage_prior.hpp"
#include "terms/shrunk_factor.hpp"
#include "terms/shrunk_model.hpp"

namespace polyagamma {

// The scale of a group and its coefficients by one factor, log τ + x and e^x γ, but for some coefficients
// which keep γ and τλ. These are chosen at random by how much data determine them, with probability G_jj
// v_j/(1 + G_jj v_j), so that what is scaled is what only its prior holds. A slice along the orbit of a group
// of transformations (Liu and Sabatti 2000, Biometrika 87, 353), of the density times the probability of that
// choice, Jacobian included.
class GroupScaling {
  public:
    // `chosen`: whether coefficients may stay; else all of them are scaled.
    GroupScaling(const ShrunkModel& model, const ShrunkGram& gram, std::size_t group, bool chosen)
        : model_(model), gram_(gram), group_(group), chosen_(chosen) {}

    // Moves scales and γ; `eta`: the linear predictors of the padded rows before.
    void move(const Likelihood& likelihood, const double* extras, const Vector& eta, ShrinkagePrior& prior,
              Vector& gamma, BitGen& bitgen);

  private:
    void choose(const ShrinkagePrior& prior, BitGen& bitgen);
    void set(double x, ShrinkagePrior& prior) const;
    // With the scales that x makes.
    double log_prior(double x, const ShrinkagePrior& prior, const Vector& gamma) const;
    double information(std::size_t j) const { return gram_.matrix[j * (model_.size() + 1)]; }

    const ShrunkModel& model_;
    const ShrunkGram& gram_;
    std::size_t group_;
    bool chosen_;
    std::vector<std::size_t> scaled_, kept_;
    double log_tau_ = 0.0;
    Vector squares_;  // before
};

}  // namespace polyagamma
