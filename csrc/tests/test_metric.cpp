#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "linalg/dense.hpp"
#include "mcmc/metric.hpp"
#include "mcmc/spectral_shrinkage.hpp"
#include "tests/class_fixtures.hpp"
#include "tests/model_fixtures.hpp"

using namespace polyagamma;

namespace {

// A prior N(0, I) and rows that say nothing: the curvature is I.
fixtures::Problem flat_problem(std::size_t p) {
    fixtures::Problem problem = fixtures::make_problem(8, p, 70, 1.0);
    problem.shape.assign(8, 0.0);
    problem.kappa.assign(8, 0.0);
    return problem;
}

// Draws (4 chains) of N(1, diag(variance, 1, 1, …)), an AR(1) process within each chain.
Vector autoregressive_draws(std::size_t sweeps, std::size_t k, double variance, double autocorrelation) {
    fixtures::Generator random(71);
    Vector draws;
    for (int c = 0; c < 4; ++c) {
        std::vector<double> x(k);
        for (double& value : x) value = random.normal();
        for (std::size_t t = 0; t < sweeps; ++t) {
            for (std::size_t j = 0; j < k; ++j) {
                x[j] = autocorrelation * x[j] +
                       std::sqrt(1.0 - autocorrelation * autocorrelation) * random.normal();
                draws.push_back(1.0 + (j == 0 ? std::sqrt(variance) : 1.0) * x[j]);
            }
        }
    }
    return draws;
}

}  // namespace

TEST_CASE("the covariance is trusted as far as the draws go") {
    constexpr std::size_t kSize = 6;
    const fixtures::Problem problem = flat_problem(kSize);
    const fixtures::OwnedModel model(problem);
    const Whitening whitening(model);
    std::vector<ChainModel> models;
    for (int c = 0; c < 4; ++c) models.emplace_back(model, whitening);
    Metric metric;

    const Vector same = autoregressive_draws(500, kSize, 1.0, 0.0);
    REQUIRE(fit_metric(whitening, models, {same.data(), 4, 500, kSize}, true, metric).ok());
    CHECK(metric.shrinkage > 0.3);  // nothing to be learnt from them

    const Vector wide = autoregressive_draws(500, kSize, 100.0, 0.0);
    REQUIRE(fit_metric(whitening, models, {wide.data(), 4, 500, kSize}, true, metric).ok());
    CHECK(metric.shrinkage < 0.02);
    // Standard error of the variance 3.2 %.
    CHECK(metric.covariance[0] * metric.covariance[0] == doctest::Approx(100.0).epsilon(0.16));

    const Vector slow = autoregressive_draws(500, kSize, 100.0, 0.99);
    Metric of_slow;
    REQUIRE(fit_metric(whitening, models, {slow.data(), 4, 500, kSize}, true, of_slow).ok());
    CHECK(of_slow.shrinkage > 5.0 * metric.shrinkage);

    REQUIRE(fit_metric(whitening, models, {wide.data(), 4, 500, kSize}, false, metric).ok());
    CHECK(metric.shrinkage == 1.0);
    CHECK(metric.covariance == identity(kSize));
    for (const double centre : metric.centre) CHECK(std::fabs(centre - 1.0) < 1.2);
}

TEST_CASE("basis and transform of a metric are inverse to each other") {
    constexpr std::size_t kSize = 4;
    const fixtures::Problem problem = fixtures::make_problem(50, kSize, 72);
    const fixtures::OwnedModel model(problem);
    const Whitening whitening(model);
    std::vector<ChainModel> models;
    for (int c = 0; c < 4; ++c) models.emplace_back(model, whitening);
    const Vector draws = autoregressive_draws(50, kSize, 3.0, 0.3);
    Metric metric;
    REQUIRE(fit_metric(whitening, models, {draws.data(), 4, 50, kSize}, true, metric).ok());
    const Vector u{0.4, -1.0, 2.0, 0.1};
    Vector moved = u, basis(kSize * kSize), back(kSize);
    metric.transform(model.blas, moved.data());
    metric.basis(model.blas, basis.data());
    multiply_vector(model.blas, basis.data(), moved.data(), kSize, kSize, back.data());
    for (std::size_t j = 0; j < kSize; ++j)
        CHECK(back[j] + metric.centre[j] == doctest::Approx(u[j]).epsilon(1e-12));
}

TEST_CASE("autocorrelations from draws and from steps alone") {
    const Vector draws = autoregressive_draws(5000, 1, 1.0, 0.8);
    // Standard error of both below 0.01.
    CHECK(largest_autocorrelation({draws.data(), 4, 5000, 1}) == doctest::Approx(0.8).epsilon(0.05));
    CHECK(largest_autocorrelation_of_steps({draws.data(), 4, 5000, 1}) == doctest::Approx(0.8).epsilon(0.05));
    CHECK(largest_autocorrelation({draws.data(), 4, 1, 1}) == 0.0);
}

TEST_CASE("of many coordinates the covariance keeps what noise does not explain") {
    constexpr std::size_t kSize = 120, kSweeps = 60;
    const fixtures::Problem problem = flat_problem(kSize);
    const fixtures::OwnedModel model(problem);
    const Whitening whitening(model);
    std::vector<ChainModel> models;
    for (int c = 0; c < 4; ++c) models.emplace_back(model, whitening);
    Metric metric;
    // 240 draws: an eigenvalue of 25 has a standard error of 9 %, and noise makes others of up to 2.9.
    const Vector draws = autoregressive_draws(kSweeps, kSize, 25.0, 0.0);
    REQUIRE(fit_metric(whitening, models, {draws.data(), 4, kSweeps, kSize}, true, metric).ok());
    Vector covariance(kSize * kSize);
    for (std::size_t i = 0; i < kSize; ++i)
        for (std::size_t j = 0; j < kSize; ++j)
            covariance[i * kSize + j] =
                dot(&metric.covariance[i * kSize], &metric.covariance[j * kSize], kSize);
    CHECK(covariance[0] == doctest::Approx(25.0).epsilon(0.5));
    for (std::size_t j = 1; j < kSize; ++j)
        CHECK(covariance[j * kSize + j] == doctest::Approx(1.0).epsilon(0.5));
    // The mean is 1 in every coordinate, with a standard error of 0.065, and 0.32 in the first.
    for (std::size_t j = 1; j < kSize; ++j) CHECK(std::fabs(metric.centre[j] - 1.0) < 0.4);
}

TEST_CASE(
    "of some coordinates of coupled predictors the covariance is the curvature's but for what noise leaves") {
    constexpr std::size_t kColumns = 12, kSize = 2 * kColumns, kSweeps = 120;
    const fixtures::Classes classes("multinomial", 40, kColumns);
    const Whitening whitening(*classes.model);
    std::vector<ChainModel> models;
    for (int c = 0; c < 4; ++c) models.emplace_back(*classes.model, whitening);
    REQUIRE(whitening.size() == kSize);
    Metric metric;
    // So small that the curvature is the same at all of them.
    Vector draws = autoregressive_draws(kSweeps, kSize, 1.0, 0.0), inverse(kSize * kSize), u(kSize);
    for (double& value : draws) value *= 1e-4;
    REQUIRE(fit_metric(whitening, models, {draws.data(), 4, kSweeps, kSize}, false, metric).ok());
    invert_lower_transposed(reference::blas(), metric.whitening.data(), kSize, inverse.data());
    for (std::size_t i = 0; i < 4 * kSweeps; ++i) {
        multiply_vector(reference::blas(), inverse.data(), &draws[i * kSize], kSize, kSize, u.data());
        for (std::size_t j = 0; j < kSize; ++j) draws[i * kSize + j] = u[j];
    }
    REQUIRE(fit_metric(whitening, models, {draws.data(), 4, kSweeps, kSize}, true, metric).ok());
    for (std::size_t i = 0; i < kSize; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            CHECK(std::fabs(metric.covariance[i * kSize + j]) < 1e-9 * metric.covariance[j * kSize + j]);
        }
}

TEST_CASE("a centre that is nothing but noise is left out, where coordinates are many") {
    constexpr std::size_t kSize = 120, kSweeps = 10;
    const fixtures::Problem problem = flat_problem(kSize);
    const fixtures::OwnedModel model(problem);
    const Whitening whitening(model);
    std::vector<ChainModel> models;
    for (int c = 0; c < 4; ++c) models.emplace_back(model, whitening);
    Vector draws = autoregressive_draws(kSweeps, kSize, 1.0, 0.0);
    for (double& value : draws) value -= 1.0;
    Metric metric;
    REQUIRE(fit_metric(whitening, models, {draws.data(), 4, kSweeps, kSize}, false, metric).ok());
    // Squared length of the plain mean: 120 / 40 ± 0.4.
    CHECK(dot(metric.centre.data(), metric.centre.data(), kSize) < 0.5);
}

TEST_CASE("shrunk eigenvalues: noise is none, and large ones keep nearly all") {
    for (const double ratio : {0.1, 0.5, 2.0}) {
        const double upper = (1.0 + std::sqrt(ratio)) * (1.0 + std::sqrt(ratio));
        CHECK(shrunk_eigenvalue(0.99 * upper, ratio) == 1.0);
        CHECK(shrunk_eigenvalue(1.0, ratio) == 1.0);
        CHECK(shrunk_eigenvalue(1e4, ratio) == doctest::Approx(1e4).epsilon(0.01 * (1.0 + ratio)));
        double before = 1.0;
        for (double value = upper; value < 50.0; value += 0.5) {
            const double after = shrunk_eigenvalue(value, ratio);
            CHECK(after >= before);
            CHECK(after < value);
            before = after;
        }
    }
    CHECK(shrunk_eigenvalue(-1e-15, 2.0) == 1.0);
    CHECK(shrunk_eigenvalue(0.01, 0.1) < 0.1);
    CHECK(shrunk_eigenvalue(0.0, 0.1) > 0.0);
    CHECK(shrunk_eigenvalue(0.0, 2.0) == 1.0);  // fewer draws than coordinates
}
