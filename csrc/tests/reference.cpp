#include "reference.hpp"

#include <algorithm>
#include <cmath>

namespace reference {

namespace {

constexpr long double kPi = 3.141592653589793238462643383279502884L;

// Distribution function of PG(1, z) on a grid of `steps` cells over (0, end), by Simpson's rule in each.
std::vector<double> cumulative(double z, double end, std::size_t steps) {
    std::vector<double> cdf(steps + 1, 0.0);
    const long double width = static_cast<long double>(end) / static_cast<long double>(steps);
    const auto at = [&](long double k) { return k == 0 ? 0.0L : pg1_density(k * width, z); };
    long double sum = 0;
    for (std::size_t k = 0; k < steps; ++k) {
        const auto left = static_cast<long double>(k);
        sum += width / 6 * (at(left) + 4 * at(left + 0.5L) + at(left + 1));
        cdf[k + 1] = static_cast<double>(sum);
    }
    return cdf;
}

double z_score(const std::vector<double>& values, double expected) {
    const double n = static_cast<double>(values.size());
    double sum = 0, squares = 0;
    for (double v : values) sum += v - expected;
    const double mean = sum / n;
    for (double v : values) squares += (v - expected - mean) * (v - expected - mean);
    return std::fabs(mean) / std::sqrt(squares / n / n);
}

}  // namespace

long double pg1_density(long double omega, double z) {
    const bool small = omega < 0.16L;
    long double sum = 0;
    for (int n = 11; n >= 0; --n) {
        const long double a = n + 0.5L;
        const long double exponent = small ? -a * a / (2 * omega) : -2 * kPi * kPi * a * a * omega;
        sum += (n % 2 == 0 ? 1 : -1) * a * std::exp(exponent);
    }
    const long double factor = small ? std::sqrt(2 / (kPi * omega)) / omega : 4 * kPi;
    return std::cosh(0.5L * z) * std::exp(-0.5L * z * z * omega) * factor * sum;
}

double mean(double h, double z) {
    const double half = std::fabs(z) / 2;
    return half < 1e-4 ? h / 4 * (1 - half * half / 3) : h / 4 * std::tanh(half) / half;
}

double variance(double h, double z) {
    const double a = std::fabs(z);
    if (a < 0.1) return h / 24 * (1 - a * a / 5 + 17 * a * a * a * a / 560);
    const double e =
        std::exp(-a);  // (sinh a − a)/(4a³cosh²(a/2)) with numerator and denominator times 2e^{−a}
    return h * (1 - 2 * a * e - e * e) / (2 * a * a * a * (1 + e) * (1 + e));
}

double laplace(double h, double z, double t) {
    const double a = std::fabs(z) / 2, b = std::sqrt(a * a + t / 2);
    return std::exp(h * ((a - b) + std::log1p(std::exp(-2 * a)) - std::log1p(std::exp(-2 * b))));
}

double worst_score(const std::vector<double>& sample, double h, double z) {
    const double m = mean(h, z);
    double worst = z_score(sample, m);
    std::vector<double> values(sample.size());
    const auto compare = [&](auto transform, double expected) {
        std::transform(sample.begin(), sample.end(), values.begin(), transform);
        worst = std::fmax(worst, z_score(values, expected));
    };
    compare([m](double x) { return (x - m) * (x - m); }, variance(h, z));
    for (double t : {1 / m, 4 / m}) {
        compare([t](double x) { return std::exp(-t * x); }, laplace(h, z, t));
    }
    return worst;
}

double kolmogorov(std::vector<double> sample, double z) {
    std::sort(sample.begin(), sample.end());
    const double n = static_cast<double>(sample.size());
    const double end = sample.back() * 1.001;
    const std::size_t steps = 4000;
    const std::vector<double> cdf = cumulative(z, end, steps);
    double distance = 0;
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const double place = sample[i] / end * static_cast<double>(steps);
        const auto k = static_cast<std::size_t>(place);
        const double p = cdf[k] + (place - static_cast<double>(k)) * (cdf[k + 1] - cdf[k]);
        const double below = static_cast<double>(i) / n;
        distance = std::fmax(distance, std::fmax(std::fabs(p - below), std::fabs(p - below - 1 / n)));
    }
    return distance * std::sqrt(n);
}

}  // namespace reference
