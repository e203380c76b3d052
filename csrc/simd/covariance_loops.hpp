#pragma once

#include <cstddef>

namespace polyagamma {

// Stationary covariance functions of the scaled distance r: e^{-r²/2}; and Matern's with ν = 1/2: e^{-r},
// 3/2: (1 + t) e^{-t}, t = √3 r, 5/2: (1 + t + t²/3) e^{-t}, t = √5 r (Rasmussen and Williams 2006,
// section 4.2.1). Exponentials are 3e-308 where they would be smaller.
enum class Stationary : int { squared_exponential = 0, matern12 = 1, matern32 = 2, matern52 = 3 };

struct CovarianceLoops {
    // out[j] = variance k(|x_i - x_j|) for j <= i. `columns` (p, n): the scaled inputs, one row for each
    // dimension.
    void (*stationary_row)(Stationary family, const double* columns, std::size_t n, std::size_t p,
                           std::size_t i, double variance, double* out);
    // Panels (see model_loops.hpp) of m columns: variance k(|a - b|) for rows a of `inputs`, panels of p
    // columns, times `scales`, and points b, (p, m), which are scaled already.
    void (*stationary_panels)(Stationary family, const double* inputs, std::size_t n_panels, std::size_t p,
                              const double* scales, const double* points, std::size_t m, double variance,
                              double* out);
    // b[j] = scale scales[j] k[j] for j < n.
    void (*scaled_row)(const double* k, const double* scales, double scale, std::size_t n, double* b);
};

}  // namespace polyagamma
