#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "likelihood/binomial.hpp"
#include "likelihood/registry.hpp"
#include "terms/prior.hpp"
#include "tests/chain_run.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

// One coefficient β ~ N(0, τ²), τ half-Cauchy: the posterior of β/τ and log τ by quadrature.
TEST_CASE("scales of a prior are sampled with the coefficients") {
    constexpr std::size_t kRows = 8, kSweeps = 100000;
    constexpr double kScale = 0.8;
    fixtures::Problem problem = fixtures::make_problem(kRows, 1, 91);
    const Binomial likelihood(problem.shape.data(), problem.kappa.data(), kRows);
    const auto prior =
        Registry<Prior>::find("ridge")->make(1, {{0.0}, {1.0}, {0.0}, {kScale}, {0.0, 0.0}, {0.0}});
    REQUIRE(prior != nullptr);
    const LinearModel model{{problem.design.data(), kRows, 1, false},
                            Vector(likelihood.padded()),
                            likelihood,
                            *prior,
                            reference::blas()};
    problem.precision = {0.0};
    const auto log_density = [&](const double* at) {  // β/τ and log τ, where there is no funnel
        const double tau = std::exp(at[1]), beta = tau * at[0];
        return problem.log_posterior(&beta) - 0.5 * at[0] * at[0] -
               std::log1p(tau * tau / (kScale * kScale)) + at[1];
    };
    const fixtures::Moments exact = fixtures::quadrature(log_density, {{0.0, 0.0}, {8.0, 9.0}});
    fixtures::Run run(model, nullptr, {TransitionKernel::gibbs, 400, 1});
    REQUIRE(run.own == 1);
    REQUIRE(run.chains->start(nullptr).ok());
    run.advance(400, 400);
    run.advance(kSweeps, kSweeps);
    std::vector<double> pairs;
    for (std::size_t draw = 0; draw < run.beta.size(); ++draw) {
        pairs.push_back(run.beta[draw] / run.parameters[draw]);
        pairs.push_back(std::log(run.parameters[draw]));
    }
    CHECK(fixtures::worst_score(pairs, 4, kSweeps, exact) < 6.0);
}

TEST_CASE("a prior without scales is one for all chains, and arrays of the wrong size make none") {
    const auto* gaussian = Registry<Prior>::find("gaussian");
    CHECK(gaussian->make(2, {Vector(2), Vector(2, 1.0)})->for_chain() == nullptr);
    CHECK(gaussian->make(2, {Vector(2), Vector(3, 1.0)}) == nullptr);
    CHECK(gaussian->make(2, {Vector(1), Vector(2, 1.0)}) == nullptr);
    const auto* ridge = Registry<Prior>::find("ridge");
    CHECK(ridge->make(1, {{0.0}, {1.0}, {1.0}, {1.0}, {0.0, 0.0}, {0.0}}) == nullptr);
    CHECK(ridge->make(1, {{0.0}, {1.0}, {0.0}, {1.0}, {0.0}, {0.0}}) == nullptr);
    CHECK(Registry<Prior>::find("no such prior") == nullptr);
}
