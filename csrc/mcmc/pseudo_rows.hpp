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

}  // namespace polyagamma
