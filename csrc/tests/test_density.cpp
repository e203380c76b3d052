#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "math/erfcx.hpp"
#include "pg/contour.hpp"
#include "pg/density.hpp"
#include "pg/distribution_function.hpp"
#include "pg/levy_series.hpp"
#include "pg/log_cosh.hpp"
#include "pg/moments.hpp"
#include "pg/quantile.hpp"

using namespace polyagamma;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double relative_error(double found, double expected) {
    return std::fabs(found - expected) / std::fabs(expected);
}

// Density of PG(1, 0) by the series of exponentials, which converges fast for x > 0.1 (Polson, Scott & Windle
// 2013, section 2.3, and Jacobi's identity): 2π Σ (−1)ⁿ (2n+1) exp(−(2n+1)²π²x/2).
double density_for_large_x(double x) {
    double sum = 0.0;
    for (int n = 0; n < 12; ++n) {
        const double odd = 2 * n + 1;
        sum += (n % 2 == 0 ? 1 : -1) * odd * std::exp(-odd * odd * kPi * kPi * x / 2);
    }
    return 2 * kPi * sum;
}

}  // namespace

TEST_CASE("PG(1, 0) agrees with its series of exponentials") {
    for (const double x : {0.2, 0.5, 1.0, 1.19, 1.21, 2.0, 5.0, 20.0}) {
        CHECK(relative_error(pdf(x, 1.0, 0.0), density_for_large_x(x)) < 2e-13);
        double survival = 0.0;  // of PG(1, 0): term by term
        for (int n = 0; n < 12; ++n) {
            const double odd = 2 * n + 1;
            survival += (n % 2 == 0 ? 1 : -1) * 4 / (kPi * odd) * std::exp(-odd * odd * kPi * kPi * x / 2);
        }
        CHECK(relative_error(sf(x, 1.0, 0.0), survival) < 2e-13);
    }
}

TEST_CASE("series and contour agree where both hold") {
    for (const double h : {1e-8, 1e-3, 0.3, 1.0, 1.7, 8.0, 60.0, 1e3, 1e5}) {
        for (const double z : {0.0, 1e-9, 1.0, 2.9, 3.1, 7.0, 15.0}) {
            for (const double factor : {1.0, 0.9, 0.8}) {
                const double x = factor * h / (2 * std::log(2 + h)) + factor * 0.6;
                if (!levy_series_applies(x, h)) continue;
                CAPTURE(h);
                CAPTURE(z);
                CAPTURE(x);
                const double density = levy_log_density(x, h, z);
                CHECK(std::fabs(contour_log_density(x, h, z) - density) <
                      1e-12 * std::fmax(1, std::fabs(density)));
                const LogTail tail = contour_log_tail(x, h, z);
                const double lower = levy_log_cdf(x, h, z);
                const double found = tail.lower ? std::exp(tail.value) : -std::expm1(tail.value);
                CHECK(std::fabs(found - std::exp(lower)) < 1e-13);
                if (tail.lower) CHECK(relative_error(tail.value, lower) < 1e-12);
            }
        }
    }
}

TEST_CASE("the two forms of the survival function's series agree with the contour") {
    for (const double h : {1e-8, 0.01, 0.9}) {
        for (const double z : {0.0, 1.0, 2.99, 3.0, 4.0, 9.0}) {
            for (const double x : {0.05, 0.2, 0.3}) {
                REQUIRE(levy_log_sf_applies(x, h, z));
                CHECK(levy_log_sf(x, h, z) ==
                      doctest::Approx(contour_log_tail(x, h, z).value).epsilon(1e-12));
            }
        }
    }
}

TEST_CASE("nothing jumps where the Taylor expansion takes over") {
    // Along x = yh the log density is linear in h up to −log(h)/2 and powers of 1/h, and so is that of a
    // tail.
    constexpr double kStep = 0.02;
    for (const double ratio : {0.7, 1.3}) {  // x over the mean
        double density[4] = {};
        double tail[4] = {};
        double worst = 0.0;
        for (int i = 0; i < 25000; ++i) {
            const double h = 250 + kStep * i;  // the change is where 2xσ² = 500, h = 300 … 600
            density[i % 4] = logpdf(ratio * h / 4, h, 0.0);
            tail[i % 4] = ratio < 1 ? logcdf(ratio * h / 4, h, 0.0) : logsf(ratio * h / 4, h, 0.0);
            if (i < 3) continue;
            for (const double* values : {density, tail}) {
                const double third =
                    values[i % 4] - 3 * values[(i + 3) % 4] + 3 * values[(i + 2) % 4] - values[(i + 1) % 4];
                worst = std::fmax(worst, std::fabs(third));
            }
        }
        CHECK(worst < 2e-12);
    }
}

TEST_CASE("power sums agree with their definition and on both sides of every switch") {
    for (const double s : {-2.4, -1.0, 0.0, 1.0, 2.499999, 2.500001, 9.0, 50.0, 399.999, 400.001}) {
        const LogCoshExpansion expansion(s + kBranch);
        for (int n : {2, 3, 4, 7, 12}) {
            double sum = 0.0;
            const int terms = n == 2 ? 200000 : 5000;
            for (int k = terms; k >= 1; --k) {
                const double pole = (k - 0.5) * (k - 0.5) * kPi * kPi;
                sum += std::pow(expansion.distance() / (s + pole), n);
            }
            // the rest of the sum, by the midpoint rule for its integral
            const double rest =
                std::pow(expansion.distance() / (kPi * kPi), n) / (2 * n - 1) / std::pow(terms, 2 * n - 1);
            CAPTURE(s);
            CAPTURE(n);
            CHECK(relative_error(expansion.power_sum(n), sum + rest) < (n < 5 ? 1e-11 : 1e-6));
        }
    }
}

TEST_CASE("the expansion of log cosh is exact to its order") {
    for (const double distance : {0.01, 2.4, 2.5, 5.2, 60.0, 420.0}) {
        const LogCoshExpansion expansion(distance);
        for (const double r : {-0.25, -0.01, 0.01, 0.25}) {
            const double linear = expansion.power_sum(1) * r;
            const double expected = linear - (log_cosh(distance * (1 + r)) - log_cosh(distance));
            CHECK(std::fabs(expansion.divergence(r) - expected) <
                  1e-14 * (1 + std::fabs(log_cosh(distance))));
            const double slope = expansion.power_sum(1) - distance * tanhc(distance * (1 + r)) / 2;
            CHECK(std::fabs(expansion.divergence_slope(r) - slope) < 1e-13 * expansion.power_sum(1));
        }
    }
}

TEST_CASE("tanhc and its inverse") {
    for (const double distance : {1e-250, 1e-6, 0.3, 2.4, kBranch, 2.6, 30.0, 1e4, 1e200}) {
        CHECK(relative_error(inverse_tanhc(tanhc(distance)), distance) < 1e-12);
    }
    for (const double v : {1e-9, 1e-3, 0.3, 0.999}) {
        CHECK(std::fabs(1 - tanhc_deficit(v) - tanhc_at_root(v)) < 3e-16);
    }
    CHECK(tanhc_deficit(1e-5) == doctest::Approx(1e-10 / 3).epsilon(1e-9));
}

TEST_CASE("erfcx and its drop") {
    CHECK(erfcx(0.0) == 1.0);
    CHECK(relative_error(erfcx(1.0), 0.42758357615580700442) < 1e-15);
    CHECK(relative_error(erfcx(7.999), 0.069993783761993301727) < 1e-14);
    CHECK(relative_error(erfcx(10.0), 0.056140992743822585857) < 1e-15);
    CHECK(relative_error(erfcx(1e8), 5.6418958354775625e-9) < 1e-15);
    for (const double x : {-0.9, 0.0, 0.7, 3.0, 7.9, 8.1, 40.0}) {
        for (const double step : {0.1, 0.4, 3.0, 100.0}) {
            CHECK(relative_error(erfcx_drop(x, step), erfcx(x) - erfcx(x + step)) < 1e-12);
        }
        const double tiny = 1e-12;  // −erfcx′ = 2/√π − 2x erfcx(x)
        CHECK(relative_error(erfcx_drop(x, tiny) / tiny, 2 / std::sqrt(kPi) - 2 * x * erfcx(x)) < 1e-9);
    }
}

TEST_CASE("arguments outside the domain give NaN, and the ends their limits") {
    for (const auto function : {pdf, logpdf, cdf, logcdf, sf, logsf, ppf, isf, log_laplace}) {
        CHECK(std::isnan(function(kNan, 1.0, 0.0)));
        CHECK(std::isnan(function(0.5, 0.0, 0.0)));
        CHECK(std::isnan(function(0.5, -1.0, 0.0)));
        CHECK(std::isnan(function(0.5, kInf, 0.0)));
        CHECK(std::isnan(function(0.5, kNan, 0.0)));
        CHECK(std::isnan(function(0.5, 1.0, kInf)));
        CHECK(std::isnan(function(0.5, 1.0, kNan)));
    }
    CHECK(std::isnan(cumulant(0, 1.0, 0.0)));
    CHECK(std::isnan(cumulant(5, 1.0, 0.0)));
    CHECK(std::isnan(cumulant(1, -1.0, 0.0)));
    CHECK(std::isnan(skewness(0.0, 0.0)));
    CHECK(std::isnan(excess_kurtosis(1.0, kInf)));
    CHECK(pdf(0.0, 1.0, 0.0) == 0.0);
    CHECK(cdf(-1.0, 1.0, 0.0) == 0.0);
    CHECK(cdf(kInf, 1.0, 0.0) == 1.0);
    CHECK(ppf(0.0, 1.0, 0.0) == 0.0);
    CHECK(isf(0.0, 1.0, 0.0) == kInf);
}
