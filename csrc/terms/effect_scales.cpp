#include "terms/effect_scales.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace polyagamma {
namespace {

// A standard deviation may be e^±12 scales of its prior, a partial correlation 1 − 1e-10. What is beyond has
// a probability of less than 1e-5 unless the data say so, and numbers that doubles cannot tell apart.
constexpr double kReach = 12.0;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// log(1 − tanh² z).
double log_sech_squared(double z) {
    const double size = std::fabs(z);
    return -2.0 * (size + std::log1p(std::exp(-2.0 * size)) - std::log(2.0));
}

}  // namespace

double ScalePrior::log_density(double s) const {
    const double x = s / scale;
    switch (family) {
        case Family::half_normal:
            return -0.5 * x * x;
        case Family::half_t:
            return -0.5 * (degrees_of_freedom + 1.0) * std::log1p(x * x / degrees_of_freedom);
        case Family::exponential:
            break;
    }
    return -x;
}

EffectScales::EffectScales(std::vector<ScalePrior> sds, bool correlated, double eta)
    : sds_(std::move(sds)), correlated_(correlated && sds_.size() > 1), eta_(eta) {}

void EffectScales::correlation_factor(const double* theta, double* factor) const {
    const std::size_t q = columns();
    const double* z = theta + q;
    for (std::size_t i = 0; i < q; ++i) {
        double rest = 1.0;
        for (std::size_t j = 0; j < q; ++j) factor[i * q + j] = 0.0;
        for (std::size_t j = 0; correlated_ && j < i; ++j) {
            factor[i * q + j] = std::tanh(*z) * rest;
            rest *= std::exp(0.5 * log_sech_squared(*z++));
        }
        factor[i * q + i] = rest;
    }
}

template <class Weight>
double EffectScales::sum_of_partials(const double* theta, Weight weight) const {
    const std::size_t q = columns();
    const double* z = theta + q;
    double sum = 0.0;
    for (std::size_t i = 1; correlated_ && i < q; ++i)
        for (std::size_t j = 0; j < i; ++j) sum += weight(j) * log_sech_squared(*z++);
    return sum;
}

double EffectScales::log_determinant(const double* theta) const {
    double sum = -sum_of_partials(theta, [](std::size_t) { return 1.0; });
    for (std::size_t a = 0; a < columns(); ++a) sum -= 2.0 * theta[a];
    return sum;
}

// Σ⁻¹ = T ᵀT with T = C⁻¹ diag(1/s).
double EffectScales::precision(const double* theta, double* lambda) const {
    const std::size_t q = columns();
    if (!correlated_) {
        std::fill_n(lambda, q * q, 0.0);
        for (std::size_t a = 0; a < q; ++a) lambda[a * (q + 1)] = std::exp(-2.0 * theta[a]);
        return log_determinant(theta);
    }
    Vector factor(q * q), inverse(q * q);
    correlation_factor(theta, factor.data());
    for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = i == j ? std::exp(-theta[j]) : 0.0;
            for (std::size_t k = j; k < i; ++k) sum -= factor[i * q + k] * inverse[k * q + j];
            inverse[i * q + j] = sum / factor[i * q + i];
        }
    }
    for (std::size_t a = 0; a < q; ++a) {
        for (std::size_t b = 0; b < q; ++b) {
            double sum = 0.0;
            for (std::size_t k = std::max(a, b); k < q; ++k) sum += inverse[k * q + a] * inverse[k * q + b];
            lambda[a * q + b] = sum;
        }
    }
    return log_determinant(theta);
}

// The partial correlations of column j (from 0) have the density (1 − p²)^{β − 1}, β = η + (q − 2 − j)/2; the
// derivative of tanh is the one more.
double EffectScales::log_prior(const double* theta) const {
    const std::size_t q = columns();
    double sum = 0.0;
    for (std::size_t a = 0; a < q; ++a) {
        if (!(std::fabs(theta[a] - std::log(sds_[a].scale)) <= kReach)) return -kInfinity;
        sum += sds_[a].log_density(std::exp(theta[a])) + theta[a];
    }
    for (std::size_t i = q; i < size(); ++i)
        if (!(std::fabs(theta[i]) <= kReach)) return -kInfinity;
    return sum + sum_of_partials(theta, [&](std::size_t j) {
               return eta_ + 0.5 * (static_cast<double>(q) - 2.0 - static_cast<double>(j));
           });
}

// LKJ: |R|^{η − 1}, |R| = Π (1 − p_ij²).
double EffectScales::log_prior_natural(const double* theta) const {
    double sum = sum_of_partials(theta, [&](std::size_t) { return eta_ - 1.0; });
    for (std::size_t a = 0; a < columns(); ++a) sum += sds_[a].log_density(std::exp(theta[a]));
    return sum;
}

void EffectScales::to_natural(const double* theta, double* values) const {
    const std::size_t q = columns();
    Vector factor(q * q);
    correlation_factor(theta, factor.data());
    for (std::size_t a = 0; a < q; ++a) values[a] = std::exp(theta[a]);
    double* out = values + q;
    for (std::size_t i = 1; correlated_ && i < q; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            double sum = 0.0;
            for (std::size_t k = 0; k <= j; ++k) sum += factor[i * q + k] * factor[j * q + k];
            *out++ = sum;
        }
    }
}

bool EffectScales::from_natural(const double* values, double* theta) const {
    const std::size_t q = columns();
    for (std::size_t a = 0; a < q; ++a) {
        if (!(values[a] > 0.0)) return false;
        theta[a] = std::log(values[a]);
    }
    Vector factor(q * q);
    factor[0] = 1.0;
    const double* r = values + q;
    double* z = theta + q;
    for (std::size_t i = 1; correlated_ && i < q; ++i) {
        double rest = 1.0;
        for (std::size_t j = 0; j < i; ++j) {
            double sum = *r++;
            for (std::size_t k = 0; k < j; ++k) sum -= factor[i * q + k] * factor[j * q + k];
            factor[i * q + j] = sum / factor[j * q + j];
            const double partial = factor[i * q + j] / rest;
            if (!(std::fabs(partial) < 1.0)) return false;
            rest *= std::sqrt(1.0 - partial * partial);
            *z++ = std::atanh(partial);
        }
        factor[i * q + i] = rest;
    }
    return true;
}

void EffectScales::start(double share, double* theta) const {
    std::fill_n(theta, size(), 0.0);
    for (std::size_t a = 0; a < columns(); ++a) theta[a] = std::log(share * sds_[a].scale);
}

void EffectScales::from_covariance(const double* covariance, double* theta) const {
    const std::size_t q = columns();
    Vector values(size());
    for (double shrink = 1.0;; shrink *= 0.5) {
        double* out = values.data() + q;
        for (std::size_t i = 0; i < q; ++i) {
            values[i] = std::sqrt(covariance[i * q + i]);
            for (std::size_t j = 0; correlated_ && j < i; ++j)
                *out++ = shrink * covariance[i * q + j] / (values[i] * values[j]);
        }
        if (shrink < 1e-3) std::fill(values.begin() + static_cast<std::ptrdiff_t>(q), values.end(), 0.0);
        if (from_natural(values.data(), theta)) return;
    }
}

}  // namespace polyagamma
