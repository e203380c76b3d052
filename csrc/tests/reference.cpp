#include "tests/reference.hpp"

#include <algorithm>
#include <cmath>

#include "tests/pg_exact.hpp"

namespace reference {

namespace {

constexpr long double kPi = 3.141592653589793238462643383279502884L;

constexpr std::size_t kSteps = 4000;

// Distribution function of PG(1, z) on a grid of kSteps cells over (0, end), by Simpson's rule in each.
std::vector<double> cumulative(double z, double end) {
    std::vector<double> cdf(kSteps + 1, 0.0);
    const long double width = static_cast<long double>(end) / kSteps;
    const auto at = [&](long double k) { return k == 0 ? 0.0L : pg1_density(k * width, z); };
    long double sum = 0;
    for (std::size_t k = 0; k < kSteps; ++k) {
        const auto left = static_cast<long double>(k);
        sum += width / 6 * (at(left) + 4 * at(left + 0.5L) + at(left + 1));
        cdf[k + 1] = static_cast<double>(sum);
    }
    return cdf;
}

// h tanh(z/2)/(2z)
double mean(double h, double z) {
    const double half = std::fmax(0.5 * std::fabs(z), 1e-9);
    return 0.25 * h * std::tanh(half) / half;
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

double worst_score(const std::vector<double>& sample, double h, double z) {
    const double c = std::fabs(z), m = mean(h, z);
    Moments moments;
    for (double x : sample) moments.add(x / m);
    double worst = std::fmax(std::fabs(moments.z_of_mean(1.0)),
                             std::fabs(moments.z_of_variance(exact_relative_variance(h, c))));
    for (double t : {1.0, 4.0}) {
        Moments transform;
        for (double x : sample) transform.add(std::exp(-t * x / m));
        worst =
            std::fmax(worst, std::fabs(transform.z_of_mean(std::exp(-exact_laplace_exponent(h, c, t / m)))));
    }
    return worst;
}

double kolmogorov(std::vector<double> sample, double z) {
    std::sort(sample.begin(), sample.end());
    const double n = static_cast<double>(sample.size());
    const double end = sample.back() * 1.001;
    const std::vector<double> cdf = cumulative(z, end);
    double distance = 0;
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const double place = sample[i] / end * kSteps;
        const auto k = static_cast<std::size_t>(place);
        const double p = cdf[k] + (place - static_cast<double>(k)) * (cdf[k + 1] - cdf[k]);
        const double below = static_cast<double>(i) / n;
        distance = std::fmax(distance, std::fmax(std::fabs(p - below), std::fabs(p - below - 1 / n)));
    }
    return distance * std::sqrt(n);
}

double pearson(const std::vector<double>& sample, double z) {
    const double n = static_cast<double>(sample.size());
    const double end = *std::max_element(sample.begin(), sample.end()) * 1.001;
    const std::vector<double> cdf = cumulative(z, end);
    std::vector<double> count(kSteps, 0.0);
    for (double x : sample) count[static_cast<std::size_t>(x / end * kSteps)] += 1;
    double statistic = 0, cells = 0, probability = 0, observed = 0;
    for (std::size_t k = 0; k < kSteps; ++k) {
        probability += cdf[k + 1] - cdf[k];
        observed += count[k];
        const double wanted = std::fmin(0.005, 0.1 * std::fmin(cdf[k + 1], cdf[kSteps] - cdf[k + 1]));
        if (n * probability < 50 || probability < wanted) continue;
        statistic += (observed - n * probability) * (observed - n * probability) / (n * probability);
        cells += 1;
        probability = observed = 0;
    }
    return (statistic - cells) / std::sqrt(2 * cells);
}

}  // namespace reference
