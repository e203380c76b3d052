#include "pg/moments.hpp"

#include <cmath>
#include <limits>

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

// c_n = Σ_k (w² + (k − ½)²π²)^{−n}.
double power_sum(int n, double w) {
    if (w < kInverseGaussian) {
        const LogCoshExpansion expansion(w * w + kBranch);
        return expansion.power_sum(n) / std::pow(expansion.distance(), n);
    }
    double sum = 0.5 / w;
    for (int k = 1; k < n; ++k) sum *= (k - 0.5) / k / w / w;
    return sum;
}

// log cosh(√(w² + rise)) − log cosh(w), rise > −w² − π²/4.
double log_cosh_rise(double w, double rise) {
    const double distance = w * w + kBranch;
    if (distance == kInfinity) {
        const double root = std::sqrt(std::fmax(0.0, 1 + rise / w / w));
        return rise / w / (1 + root);
    }
    const double r = rise / distance;
    if (std::fabs(r) > 0.2) return log_cosh(distance + rise) - log_cosh(distance);
    return tanhc_at_root(w) / 2 * rise - LogCoshExpansion(distance).divergence(r);
}

}  // namespace

double cumulant(int n, double h, double z) {
    if (n < 1 || n > 4 || !are_parameters(h, z)) return kNaN;
    const double w = std::fabs(z) / 2;
    if (n == 1) return h * (tanhc_at_root(w) / 4);
    constexpr double kFactor[] = {0.25, 0.25, 0.375};  // (n−1)!/2ⁿ
    return h * (kFactor[n - 2] * power_sum(n, w));
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
    const double w = std::fabs(z) / 2;
    if (t == kInfinity) return -kInfinity;
    if (t / 2 <= -(w * w) - kBranch) return kInfinity;
    return -h * log_cosh_rise(w, t / 2);
}

}  // namespace polyagamma
