#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "linalg/dense.hpp"
#include "terms/gradient_pass.hpp"
#include "terms/whitening.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"
#include "vi/curvature.hpp"
#include "vi/linear_mode.hpp"

using namespace polyagamma;

namespace {

// The log-posterior and its gradient at u, by a pass of its own.
Density density_at(const LinearModel& model, const Whitening& whitening, const Vector& u) {
    Density density(u.size());
    const ChainPosterior posterior{&model.likelihood, &whitening.prior()};
    GradientPass({&posterior}, u.size(), 1).run_alone(whitening, u.data(), density);
    return density;
}

// Offsets, prior mean, full precision, an intercept: everything a model can have.
fixtures::Problem full_problem(std::size_t n, std::size_t p) {
    fixtures::Problem problem = fixtures::make_problem(n, p - 1, 31);
    problem.p = p;
    problem.intercept = true;
    for (std::size_t i = 0; i < n; ++i) {
        problem.offset[i] = 0.1 * static_cast<double>(i % 7) - 0.3;
        problem.shape[i] = i % 3 == 0 ? 4.0 : 1.0;
        problem.kappa[i] *= problem.shape[i];
    }
    problem.mean.assign(p, 0.25);
    problem.precision.assign(p * p, 0.1);
    for (std::size_t j = 0; j < p; ++j) problem.precision[j * p + j] = 0.5 + 0.1 * static_cast<double>(j);
    return problem;
}

Vector random_vector(std::size_t n, std::uint64_t seed, double scale) {
    fixtures::Generator random(seed);
    Vector values(n);
    for (double& value : values) value = scale * random.normal();
    return values;
}

// Coordinates with a centre and a basis of no structure.
Whitening moved(const LinearModel& model) {
    const std::size_t p = model.prior.size();
    Whitening whitening(model);
    Vector basis = random_vector(p * p, 32, 0.2);
    for (std::size_t j = 0; j < p; ++j) basis[j * p + j] += 1.0;
    whitening.move(model, random_vector(p, 33, 0.5).data(), basis.data());
    return whitening;
}

}  // namespace

TEST_CASE("the log-density is the log-posterior of the coefficients, in any coordinates") {
    for (const std::size_t n : {1u, 7u, 8u, 50u, 1025u}) {
        const fixtures::Problem problem = full_problem(n, 4);
        const fixtures::OwnedModel model(problem);
        for (const Whitening& whitening : {Whitening(model), moved(model)}) {
            const Vector u = random_vector(4, 34, 1.0);
            Vector beta(4);
            whitening.coefficients(u.data(), beta.data());
            const double log_posterior = density_at(model, whitening, u).log_posterior;
            CHECK(log_posterior == doctest::Approx(problem.log_posterior(beta.data())).epsilon(1e-12));
        }
    }
}

TEST_CASE("the gradient is that of the log-density") {
    constexpr double kStep = 1e-5;
    const fixtures::Problem problem = full_problem(60, 5);
    const fixtures::OwnedModel model(problem);
    const Whitening whitening = moved(model);
    Vector u = random_vector(5, 35, 1.0), beta(5);
    const Vector gradient = density_at(model, whitening, u).gradient;
    for (std::size_t j = 0; j < 5; ++j) {
        const double middle = u[j];
        double values[2];
        for (int side = 0; side < 2; ++side) {
            u[j] = middle + (side == 0 ? -kStep : kStep);
            whitening.coefficients(u.data(), beta.data());
            values[side] = problem.log_posterior(beta.data());
        }
        u[j] = middle;
        CHECK(gradient[j] == doctest::Approx((values[1] - values[0]) / (2.0 * kStep)).epsilon(1e-7));
    }
}

TEST_CASE("a chain's gradient does not depend on the chains beside it") {
    const fixtures::Problem problem = full_problem(333, 6);
    const fixtures::OwnedModel model(problem);
    const Whitening whitening(model);
    std::vector<Vector> u;
    std::vector<const double*> at;
    for (std::uint64_t c = 0; c < 4; ++c) u.push_back(random_vector(6, 40 + c, 1.0));
    for (const Vector& one : u) at.push_back(one.data());
    for (const bool value : {true, false}) {
        std::vector<Density> densities(4, Density(6));
        std::vector<Density*> results;
        for (Density& density : densities) results.push_back(&density);
        Worker alone;
        const ChainPosterior posterior{&model.likelihood, &whitening.prior()};
        GradientPass(std::vector<const ChainPosterior*>(4, &posterior), 6, 1)
            .run(alone, whitening, at.data(),
                 value ? GradientPass::Wanted::gradient_and_value : GradientPass::Wanted::gradient,
                 results.data());
        for (std::size_t c = 0; c < 4; ++c) {
            const Density one = density_at(model, whitening, u[c]);
            if (value) CHECK(one.log_posterior == densities[c].log_posterior);
            CHECK(std::memcmp(one.gradient.data(), densities[c].gradient.data(), 6 * sizeof(double)) == 0);
        }
    }
}

TEST_CASE("the mode has no gradient, and the factor is that of the Hessian there") {
    fixtures::Problem separated = fixtures::make_problem(40, 3, 36, 10.0);
    for (std::size_t i = 0; i < 40; ++i) separated.kappa[i] = separated.design[3 * i] > 0.0 ? 0.5 : -0.5;
    fixtures::Problem wide = full_problem(3, 6);
    fixtures::Problem far = full_problem(50, 4);  // the start is 1e3 prior standard deviations away
    far.mean.assign(4, 2e3);
    fixtures::Problem scales = fixtures::make_problem(80, 3, 37, 1e4);
    for (std::size_t i = 0; i < 80; ++i) scales.design[3 * i] *= 1e5;
    for (const fixtures::Problem& problem : {full_problem(50, 4), separated, wide, far, scales}) {
        const fixtures::OwnedModel model(problem);
        const Whitening whitening(model);
        const std::size_t k = whitening.size();
        Mode mode;
        REQUIRE(find_mode(whitening, model.likelihood, mode).ok());
        CHECK(mode.iterations < 100);
        Vector hessian(k * k);
        Vector gradient = density_at(model, whitening, mode.u).gradient;
        // In units of the posterior's standard deviations.
        solve_lower(model.blas, mode.cholesky.data(), k, gradient.data());
        CHECK(std::sqrt(dot(gradient.data(), gradient.data(), k)) < 1e-4);
        mean_precision(whitening, whitening.prior().precision(), {{&model.likelihood, mode.u.data()}},
                       hessian.data());
        clear_upper(mode.cholesky.data(), k);
        for (std::size_t i = 0; i < k; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                const double product = dot(&mode.cholesky[i * k], &mode.cholesky[j * k], k);
                CHECK(product == doctest::Approx(hessian[i * k + j]).epsilon(1e-6));
            }
        }
    }
}
