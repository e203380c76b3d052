#pragma once

#include <cmath>

// Closed forms of PG(b, c) for tests, c ≥ 0, in forms that neither cancel nor overflow.

// Variance over squared mean: b (sinh c − c) / (2c³(1 + cosh c)) over [b tanh(c/2)/(2c)]².
inline double exact_relative_variance(double b, double c) {
    if (c > 50.0) return 2.0 / (c * b) * (1.0 - 2.0 * c * std::exp(-c));
    if (c > 0.5) {
        const double t = std::tanh(0.5 * c);
        return (t - c / (1.0 + std::cosh(c))) * 2.0 / (c * t * t * b);
    }
    const double z = c * c;
    const double sinh_minus =
        (1.0 + z / 20.0 * (1.0 + z / 42.0 * (1.0 + z / 72.0 * (1.0 + z / 110.0)))) / 6.0;
    const double ratio = c > 1e-8 ? std::tanh(0.5 * c) / c : 0.5;
    return sinh_minus * 2.0 / ((1.0 + std::cosh(c)) * ratio * ratio * b);
}

// −log E exp(−tω) = b [log cosh sqrt(c²/4 + t/2) − log cosh(c/2)].
inline double exact_laplace_exponent(double b, double c, double t) {
    const double half = 0.5 * c;
    const double shifted = std::hypot(half, std::sqrt(0.5 * t));
    const double difference = 0.5 * t / (shifted + half);
    if (shifted < 1e-4) return b * 0.25 * t;  // t c² and t² are below rounding
    return b * (difference + std::log1p(std::expm1(-2.0 * difference) / (1.0 + std::exp(c))));
}

// The t at which E exp(−tω) = exp(−exponent).
inline double exact_laplace_point(double b, double c, double exponent) {
    double low = -700.0;
    double high = 700.0;
    for (int i = 0; i < 200; ++i) {
        const double middle = 0.5 * (low + high);
        (exact_laplace_exponent(b, c, std::exp(middle)) < exponent ? low : high) = middle;
    }
    return std::exp(0.5 * (low + high));
}

// Running mean and central moments up to the fourth (Pébay 2008, SAND2008-6212, eq. 1.5 and following).
class Moments {
  public:
    void add(double x) {
        const double before = n_;
        n_ += 1.0;
        const double delta = x - mean_;
        const double step = delta / n_;
        const double term = delta * step * before;
        mean_ += step;
        m4_ += term * step * step * (n_ * n_ - 3.0 * n_ + 3.0) + 6.0 * step * step * m2_ - 4.0 * step * m3_;
        m3_ += term * step * (n_ - 2.0) - 3.0 * step * m2_;
        m2_ += term;
    }
    double z_of_mean(double expected) const { return (mean_ - expected) / std::sqrt(m2_ / n_ / n_); }
    double z_of_variance(double expected) const {
        const double variance = m2_ / n_;
        return (variance - expected) / std::sqrt((m4_ / n_ - variance * variance) / n_);
    }

  private:
    double n_ = 0.0;
    double mean_ = 0.0;
    double m2_ = 0.0;
    double m3_ = 0.0;
    double m4_ = 0.0;
};
