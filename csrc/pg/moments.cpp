#include "pg/moments.hpp"

#include <cmath>
#include <limits>

#include "math/exact_sum.hpp"
#include "pg/log_cosh.hpp"

namespace polyagamma {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// From z/2 = 20 on tanh(z/2) = 1 to double precision and PG(h, z) has the cumulants of an inverse Gaussian
// law.
constexpr double kInverseGaussian = 20.0;

bool are_parameters(double h, double z) {
    return h > 0 && h < kInfinity && std::isfinite(z);
}

// c_n = Σ_k (w² + (k − ½)²π²)^{−n}, w < kInverseGaussian.
double power_sum(int n, double w) {
    const LogCoshExpansion expansion(w * w + kBranch);
    return expansion.power_sum(n) / std::pow(expansion.distance(), n);
}

// h (n−1)!/2ⁿ ½ Π_{k<n} (k − ½)/k w^{1−2n}: each quotient is smaller than the one before, so that none
// underflows unless the result does.
double cumulant_of_inverse_gaussian(int n, double h, double w) {
    constexpr double kFactor[] = {1.0 / 4, 1.0 / 16, 3.0 / 64, 15.0 / 256};
    double value = kFactor[n - 1] * h;
    for (int k = 1; k < 2 * n; ++k) value /= w;
    return value;
}

// a b/(2c) without overflow or underflow on the way.
double half_quotient(double a, double b, double c) {
    int i, j, k;
    const double quotient = std::frexp(a, &i) * std::frexp(b, &j) / std::frexp(c, &k);
    return std::ldexp(quotient, i + j - k - 1);
}

// Distance of w² + rise from the branch point to a few units in the last place, also where it is a tiny part
// of w² and of rise: w² is a sum of two doubles, π²/4 one of three (but for 3e-49), and their sum is exact.
double distance_after(double w, double rise) {
    const double square = w * w;
    if (rise >= 0 || square == kInfinity) return square + rise + kBranch;  // nothing cancels
    return exact_sum<6>(
        {kBranch, 1.5663238771849278e-16, 9.325044253649522e-33, rise, square, std::fma(w, w, -square)});
}

// Rise over increase of G from w² to w² + rise at distance `end`, accurate to a few units in the last place
// where that is below 1/5 or above 5, and to 1e-14 elsewhere.
double inverse_secant(double w, double rise, double end) {
    if (w >= kInverseGaussian && end >= kInverseGaussian * kInverseGaussian + kBranch) {  // G(s) = √s − log 2
        const double share = rise / w / w;
        return w + (share > -0.5 ? w * std::sqrt(1 + share) : std::sqrt(end - kBranch));
    }
    const double distance = w * w + kBranch;
    const double r = rise / distance;
    if (std::fabs(r) > 0.2) return rise / (log_cosh(end) - log_cosh_at_root(w));
    const double bend = r == 0 ? 0 : LogCoshExpansion(distance).divergence(r) / r / distance;
    return 1 / (tanhc_at_root(w) / 2 - bend);
}

}  // namespace

double cumulant(int n, double h, double z) {
    if (n < 1 || n > 4 || !are_parameters(h, z)) return kNaN;
    const double w = std::fabs(z) / 2;
    if (w >= kInverseGaussian) return cumulant_of_inverse_gaussian(n, h, w);
    if (n == 1) return h * (tanhc_at_root(w) / 4);
    constexpr double kFactor[] = {0.25, 0.25, 0.375};  // (n−1)!/2ⁿ
    return h * (kFactor[n - 2] * power_sum(n, w));
}

double standard_deviation(double h, double z) {
    if (!are_parameters(h, z)) return kNaN;
    const double w = std::fabs(z) / 2;
    if (w >= kInverseGaussian) return std::sqrt(h) / 4 / std::sqrt(w) / w;
    return std::sqrt(h) * (std::sqrt(power_sum(2, w)) / 2);
}

double skewness(double h, double z) {
    if (!are_parameters(h, z)) return kNaN;
    const double w = std::fabs(z) / 2;
    if (w >= kInverseGaussian) return 3 / std::sqrt(h) / std::sqrt(w);
    const LogCoshExpansion expansion(w * w + kBranch);
    return 2 * expansion.power_sum(3) / std::pow(expansion.power_sum(2), 1.5) / std::sqrt(h);
}

double excess_kurtosis(double h, double z) {
    if (!are_parameters(h, z)) return kNaN;
    const double w = std::fabs(z) / 2;
    if (w >= kInverseGaussian) return 15 / w / h;
    const LogCoshExpansion expansion(w * w + kBranch);
    return 6 * expansion.power_sum(4) / (expansion.power_sum(2) * expansion.power_sum(2)) / h;
}

double log_laplace(double t, double h, double z) {
    if (std::isnan(t) || !are_parameters(h, z)) return kNaN;
    if (std::isinf(t)) return -t;
    const double w = std::fabs(z) / 2;
    const double end = distance_after(w, t / 2);
    if (end <= 0) return kInfinity;
    return half_quotient(h, -t, inverse_secant(w, t / 2, end));
}

}  // namespace polyagamma
