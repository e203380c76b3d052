#pragma once

#include <cstddef>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/additive_rows.hpp"

namespace polyagamma {

// ω ~ PG(b, η) of the first n rows, at their linear predictors: pseudo-data of precision ω and linear term
// κ − ω(offset + shift).
void draw_pseudo_rows(const PolyaGammaForm& form, const Vector& eta, const Vector& offset, std::size_t n,
                      BitGen& bitgen, GaussianRows& rows);

// Whether there are such pseudo-data of one linear predictor given the others, once extras are known.
bool augments_at_extras(const Likelihood& likelihood);

// ω ~ PG(b, η + shift) of one predictor likewise, at these extras, coordinates, and residuals κ − ω(η +
// shift) as linear terms: pseudo-data of what is added to η. eta: (predictors, padded).
void draw_residual_rows(const Likelihood& likelihood, const double* extras, std::size_t predictor,
                        const Vector& eta, BitGen& bitgen, GaussianRows& rows);

}  // namespace polyagamma
