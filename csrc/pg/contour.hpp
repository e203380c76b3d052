#pragma once

namespace polyagamma {

// Inversion of the Laplace transform of PG(h, z) along the parabola s = p² − π²/4, Re p = σ, whose focus is
// the branch point. In p the integrand is analytic for Re p > 0 and decays like a Gaussian, so that the
// midpoint rule converges geometrically whatever h, z and x (for h → 0 this is the parabola of Weideman &
// Trefethen 2007, Math. Comp. 76, 1341–1356; for large h and z it is the path of steepest descent). The
// vertex is the saddlepoint, moved right where that is too close to the branch point. 12–35 evaluations.
//
// Arguments: x, h positive and finite, z >= 0 finite, with x not below about h/(2 log(2 + h)) or h <= 1 where
// the results are to have full precision: relative error about 1e-13, in far tails 1e-13 of the logarithm.

// Logarithm of the density.
double contour_log_density(double x, double h, double z);

// Logarithm of the distribution function (`lower`) or of the survival function.
struct LogTail {
    double value;
    bool lower;
};

// The tail on the side of the mode on which x lies; always the upper one if h <= 1.
LogTail contour_log_tail(double x, double h, double z);

}  // namespace polyagamma
