#include "math/erfcx.hpp"

#include <array>
#include <cmath>

namespace polyagamma {
namespace {

constexpr double kInverseRootPi = 0.56418958354775628695;

// From here on the asymptotic expansion (DLMF 7.12.1) reaches 1e-17 before its terms start to grow.
constexpr double kAsymptotic = 8.0;

// Σ_{k >= first} (−1)^k (2k−1)!! / (2x²)^k, x >= kAsymptotic.
double asymptotic_sum(double x, int first) {
    const double ratio = 0.5 / (x * x);
    double term = 1.0;
    double sum = first == 0 ? 1.0 : 0.0;
    for (int k = 1; k < 40; ++k) {
        term *= -(2 * k - 1) * ratio;
        sum += term;
        if (std::fabs(term) < 1e-17 * std::fabs(sum)) break;
    }
    return sum;
}

// −erfcx′(x) = 2/√π − 2x erfcx(x).
double erfcx_slope(double x) {
    if (x >= kAsymptotic) return -2.0 * kInverseRootPi * asymptotic_sum(x, 1);
    return 2.0 * (kInverseRootPi - x * erfcx(x));
}

// Gauss–Legendre rule with 8 points on [−1, 1] (Abramowitz & Stegun, table 25.4): the positive half.
constexpr std::array<double, 4> kNode = {0.18343464249564980494, 0.52553240991632898582,
                                         0.79666647741362673959, 0.96028985649753623168};
constexpr std::array<double, 4> kWeight = {0.36268378337836198297, 0.31370664587788728734,
                                           0.22238103445337447054, 0.10122853629037625915};

}  // namespace

double erfcx(double x) {
    if (x >= kAsymptotic) return kInverseRootPi * asymptotic_sum(x, 0) / x;
    const double square = x * x;
    const double lost = std::fma(x, x, -square);  // exp would magnify the rounding error of x²
    return std::exp(square) * (1.0 + lost) * std::erfc(x);
}

double erfcx_drop(double x, double step) {
    if (step > 0.5 * (1.0 + std::fabs(x)))
        return erfcx(x) - erfcx(x + step);  // at most three bits are lost here
    const double half = 0.5 * step;
    const double middle = x + half;
    double sum = 0.0;
    for (std::size_t i = 0; i < kNode.size(); ++i) {
        sum += kWeight[i] * (erfcx_slope(middle - half * kNode[i]) + erfcx_slope(middle + half * kNode[i]));
    }
    return half * sum;
}

}  // namespace polyagamma
