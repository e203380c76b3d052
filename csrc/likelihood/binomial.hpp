#pragma once

#include <algorithm>
#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"

namespace polyagamma {

// What a likelihood is to the samplers: per row a Pólya-gamma shape b, a κ and an offset, so that
// log L = Σ κη − b log(2 cosh(η/2)) with η = offset + row of the design · coefficients, and given
// ω ~ PG(b, η) the row is Gaussian in η with precision ω and pseudo-datum κ/ω (Polson, Scott and Windle 2013,
// theorem 1). Padded to whole panels with rows that add nothing.
struct Rows {
    Rows(const double* b, const double* k, const double* o, std::size_t rows)
        : n(rows), shape(padded_rows(rows)), kappa(padded_rows(rows)), offset(padded_rows(rows)) {
        std::copy(b, b + n, shape.begin());
        std::copy(k, k + n, kappa.begin());
        std::copy(o, o + n, offset.begin());
    }

    std::size_t n;
    Vector shape;
    Vector kappa;
    Vector offset;
};

}  // namespace polyagamma
