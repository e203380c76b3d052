#include "pg/log_cosh.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace polyagamma {
namespace {

// tail[m] = Σ_{k>=4} a_k^{−m} = ζ(2m, 7/2)/π^{2m}, a_k = (k − ½)²π²; from mpmath in 40 digits.
constexpr std::array<double, 19> kTail = {
    0.0,
    0.03347223887350252793,
    0.0001202930993930715356,
    7.5454334856362751756e-7,
    5.4832687056659989805e-9,
    4.2373996849211044239e-11,
    3.375111981223830139e-13,
    2.731961390590448406e-15,
    2.2313382368786527485e-17,
    1.8318775902801074523e-19,
    1.5084668490102779706e-21,
    1.2443656413251981456e-23,
    1.0275912650444285666e-25,
    8.4911821703085129771e-28,
    7.0190973726697006449e-30,
    5.8035523429111728082e-32,
    4.7991745847295897336e-34,
    3.9689479877798296727e-36,
    3.2825106200795008518e-38,
};

// Σ_{k>=4} (s + a_k)^{−n} for s <= kDirect by the binomial series in s/a_4 <= 0.021; relative error below
// 1e-13.
double tail_sum(int n, double s) {
    constexpr int kTerms = 8;
    double weight = 1.0;
    double sum = 0.0;
    for (int j = 0; j < kTerms; ++j) {
        sum += weight * kTail[static_cast<std::size_t>(n + j)];
        weight *= -s * (n + j) / (j + 1);
    }
    return sum;
}

// Where the three ways of computing the power sums meet.
constexpr double kDirect = 2.5;
constexpr double kSquareRoot = 400.0;  // tanh(20) = 1 to double precision

// dT/ds, T = tanh(√s)/√s, to a few digits: from 2sT′ = 1 − sT² − T, where 1 − sT² = 1/cosh²(√s).
double tanhc_slope(double s, double t) {
    if (std::fabs(s) < 0.05) return -1.0 / 3 + 4.0 / 15 * s;
    return ((s < kSquareRoot ? 1 - s * t * t : 0.0) - t) / (2 * s);
}

// The tail beyond a_3 is below 1e-14 of C_n for larger n.
constexpr int kLongestTail = 10;

}  // namespace

double log_cosh(double distance) {
    const double s = distance - kBranch;
    if (s < 0.0) return std::log(std::sin(distance / (kPi / 2 + std::sqrt(-s))));
    return log_cosh_at_root(std::sqrt(s));
}

double log_cosh_at_root(double v) {
    if (v < 1.0) {
        const double half = std::sinh(v / 2);
        return std::log1p(2.0 * half * half);
    }
    return v - kLog2 + std::log1p(std::exp(-2.0 * v));
}

double tanhc_at_root(double v) {
    return v < 1e-8 ? 1.0 : std::tanh(v) / v;
}

double tanhc(double distance) {
    const double s = distance - kBranch;
    if (s >= 0.0) return tanhc_at_root(std::sqrt(s));
    const double theta = std::sqrt(-s);
    if (theta < 1e-8) return 1.0;
    const double complement = distance / (kPi / 2 + theta);  // π/2 − θ
    return std::cos(complement) / (theta * std::sin(complement));
}

double tanhc_deficit(double v) {
    // Lambert's continued fraction tanh(v)/v = 1/(1 + v²/(3 + v²/(5 + …))) (DLMF 4.39.1).
    const double square = v * v;
    double tail = 0.0;
    for (int k = 21; k >= 3; k -= 2) tail = square / (k + tail);
    return tail / (1.0 + tail);
}

double inverse_tanhc(double value) {
    // Newton's method for log tanhc in log R. tanhc ~ 2/R for R → 0 and 1/√R for R → ∞.
    double distance = 2.0 / value + 1.0 / (value * value);
    for (int i = 0; i < 8; ++i) {
        const double s = distance - kBranch;
        const double t = tanhc(distance);
        const double step = std::log(t / value) * t / (tanhc_slope(s, t) * distance);
        distance *= std::exp(-step);
        if (std::fabs(step) < 1e-7) break;
    }
    return distance;
}

LogCoshExpansion::LogCoshExpansion(double distance) : distance_(distance), c_{} {
    const double s = distance - kBranch;
    if (s <= kDirect) {
        sum_directly(s);
    } else if (s <= kSquareRoot) {
        recur(s);
    } else {
        take_square_root(s);
    }
}

void LogCoshExpansion::sum_directly(double s) {
    const double second = distance_ / (distance_ + 2 * kPi * kPi);
    const double third = distance_ / (distance_ + 6 * kPi * kPi);
    double power = 1.0, power2 = 1.0, power3 = 1.0;
    for (int n = 1; n <= kOrder; ++n) {
        power *= distance_;
        power2 *= second;
        power3 *= third;
        c_[static_cast<std::size_t>(n)] =
            1.0 + power2 + power3 + (n <= kLongestTail ? power * tail_sum(n, s) : 0.0);
    }
}

// The first four sums come from the derivatives of G in closed form, in t = tanh(v) and q = 1 − t², v = √s.
// T = tanh(√s)/√s solves 2sT′ = 1 − T − sT², and with T(s + rR) = Σ τ_n (−r)ⁿ is C_{n+1} = τ_n R/2: a
// recursion for the others. It magnifies rounding by (R/s)ⁿ <= 2ⁿ relative to C_n, less than what rⁿ takes
// away for |r| < 0.4; besides, √s <= 20 is lost.
void LogCoshExpansion::recur(double s) {
    std::array<double, kOrder> tau;
    take_closed_forms(s);
    for (std::size_t n = 0; n < 4; ++n) tau[n] = 2 * c_[n + 1] / distance_;
    double square_before = tau[0] * tau[2] * 2 + tau[1] * tau[1];  // (τ²)_{n−1}
    for (std::size_t n = 3; n + 1 < tau.size(); ++n) {
        double square = 0.0;
        for (std::size_t i = 0; i <= n; ++i) square += tau[i] * tau[n - i];
        const double order = static_cast<double>(n);
        tau[n + 1] = ((2 * order + 1) * tau[n] + s * square - distance_ * square_before) /
                     (2 * (s / distance_) * (order + 1));
        c_[n + 2] = tau[n + 1] * distance_ / 2;
        square_before = square;
    }
}

void LogCoshExpansion::take_closed_forms(double s) {
    const double v = std::sqrt(s);
    const double e = std::exp(-2 * v);
    const double t = (1 - e) / (1 + e);
    const double q = 4 * e / ((1 + e) * (1 + e));
    const double ratio = distance_ / s;
    c_[1] = v / 2 * t * ratio;
    c_[2] = v / 4 * (t - q * v) * ratio * ratio;
    c_[3] = v / 16 * (3 * t - 3 * q * v - 2 * t * q * s) * std::pow(ratio, 3);
    c_[4] = v / 96 * (15 * t - 15 * q * v - 12 * t * q * s - (4 * t * t - 2 * q) * q * s * v) *
            std::pow(ratio, 4);
}

// G(s) = √s − log 2 to double precision.
void LogCoshExpansion::take_square_root(double s) {
    double value = distance_ / (2 * std::sqrt(s));
    for (int n = 1; n <= kOrder; ++n) {
        c_[static_cast<std::size_t>(n)] = value;
        value *= (n - 0.5) / n * (distance_ / s);
    }
}

double LogCoshExpansion::divergence_slope(double r) const {
    double sum = 0.0;
    for (int n = kOrder; n >= 2; --n) sum = -r * sum + power_sum(n);
    return sum * r;
}

}  // namespace polyagamma
