#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/dense.hpp"
#include "terms/stationary.hpp"
#include "tests/reference_blas.hpp"
#include "vi/inducing_rows.hpp"

using namespace polyagamma;

namespace {

constexpr std::size_t kM = 5, kP = 2;
constexpr double kJitter = 1e-3, kVariance = 1.7, kScale = 0.8;

std::vector<double> wave(std::size_t n, double step) {
    std::vector<double> x(n);
    for (std::size_t i = 0; i < n; ++i) x[i] = 2.0 * std::sin(step * static_cast<double>(i * i + 1));
    return x;
}

double kernel(const double* a, const double* b) {
    double square = 0.0;
    for (std::size_t d = 0; d < kP; ++d) square += (a[d] - b[d]) * (a[d] - b[d]);
    return kVariance * std::exp(-0.5 * square / (kScale * kScale));
}

// Rows, points and a law, and all of it again by definition.
struct Problem {
    explicit Problem(std::size_t rows)
        : n(rows),
          inputs(wave(n * kP, 1.7)),
          points(wave(kM * kP, 0.9)),
          slopes(wave(n, 0.4)),
          weights(n),
          mean(kM),
          lower(kM * kM),
          factor(kM * kM),
          covariances(n * kM),
          variances(n, kVariance) {
        for (std::size_t i = 0; i < n; ++i) {
            weights[i] = 0.1 + static_cast<double>(i % 3);
            for (std::size_t j = 0; j < kM; ++j)
                covariances[i * kM + j] = kernel(&inputs[i * kP], &points[j * kP]);
        }
        for (std::size_t i = 0; i < kM; ++i) {
            mean[i] = 0.3 * static_cast<double>(i) - 0.5;
            for (std::size_t j = 0; j < kM; ++j) {
                lower[i * kM + j] = kernel(&points[i * kP], &points[j * kP]) * (i == j ? 1.0 + kJitter : 1.0);
                factor[i * kM + j] = i == j ? 2.0 : j < i ? 0.2 : 0.0;
            }
        }
        REQUIRE(cholesky(reference::blas(), lower.data(), kM).ok());
        clear_upper(lower.data(), kM);
    }

    StationaryCrossCovariances stationary() const {
        const StationaryFunction function(Stationary::squared_exponential, kP, {-1, std::log(kVariance)},
                                          {{-1, std::log(kScale)}});
        return {function, inputs.data(), n, points.data(), kM};
    }
    InducingRows rows(std::size_t threads) const { return {stationary(), lower.data(), kJitter, threads}; }
    WhitenedLaw law() const { return {mean.data(), factor.data()}; }

    // φ of row i, and mean and variance of its f.
    Vector features(std::size_t i, double& of_mean, double& of_variance, bool independent) const {
        Vector phi(&covariances[i * kM], &covariances[i * kM] + kM);
        solve_lower(reference::blas(), lower.data(), kM, phi.data());
        Vector white(phi);
        solve_lower(reference::blas(), factor.data(), kM, white.data());
        of_mean = dot(phi.data(), mean.data(), kM);
        of_variance = dot(white.data(), white.data(), kM);
        if (independent) of_variance += kVariance * (1.0 + kJitter) - dot(phi.data(), phi.data(), kM);
        return phi;
    }

    std::size_t n;
    std::vector<double> inputs, points, slopes, weights;
    Vector mean, lower, factor, covariances, variances;
};

FeatureSums by_definition(const Problem& problem) {
    FeatureSums totals{Vector(kM), Vector(kM * kM)};
    for (std::size_t i = 0; i < problem.n; ++i) {
        double mean, variance;
        const Vector phi = problem.features(i, mean, variance, true);
        for (std::size_t j = 0; j < kM; ++j) {
            totals.slope[j] += problem.slopes[i] * phi[j];
            for (std::size_t l = 0; l < kM; ++l)
                totals.precision[j * kM + l] += problem.weights[i] * phi[j] * phi[l];
        }
    }
    return totals;
}

void check_close(const Vector& found, const Vector& expected) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i);
        CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-10));
    }
}

}  // namespace

TEST_CASE("sums over batches of a process are those of their definition, for any number of threads") {
    for (const std::size_t n : {1u, 8u, 63u, 129u, 500u, 1100u}) {
        CAPTURE(n);
        const Problem problem(n);
        const FeatureSums found = problem.rows(1).sums(problem.slopes.data(), problem.weights.data());
        const FeatureSums expected = by_definition(problem);
        check_close(found.slope, expected.slope);
        check_close(found.precision, expected.precision);
        const FeatureSums shared = problem.rows(3).sums(problem.slopes.data(), problem.weights.data());
        CHECK(shared.slope == found.slope);
        CHECK(shared.precision == found.precision);
    }
}

TEST_CASE("moments of a process in batches are those of their definition, from covariances given or not") {
    for (const std::size_t n : {1u, 100u, 515u}) {
        for (const bool independent : {true, false}) {
            const Problem problem(n);
            Vector mean(n), variance(n), given_mean(n), given_variance(n);
            problem.rows(2).moments(problem.law(), independent, mean.data(), variance.data());
            const GivenCrossCovariances given(problem.covariances.data(), problem.variances.data(), n, kM);
            InducingRows(given, problem.lower.data(), kJitter, 1)
                .moments(problem.law(), independent, given_mean.data(), given_variance.data());
            for (std::size_t i = 0; i < n; ++i) {
                double expected_mean, expected_variance;
                problem.features(i, expected_mean, expected_variance, independent);
                CHECK(mean[i] == doctest::Approx(expected_mean).epsilon(1e-10));
                CHECK(variance[i] == doctest::Approx(expected_variance).epsilon(1e-10));
            }
            check_close(given_mean, mean);
            check_close(given_variance, variance);
        }
    }
}
