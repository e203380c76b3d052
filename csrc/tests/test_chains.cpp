#include <doctest/doctest.h>

#include <cmath>
#include <deque>
#include <memory>
#include <vector>

#include "tests/chain_run.hpp"
#include "tests/model_fixtures.hpp"

using namespace polyagamma;
using fixtures::Run;

namespace {

LinearSampler::Options options(TransitionKernel kernel, std::size_t tune, std::size_t threads = 1) {
    return {kernel, tune, threads};
}

constexpr TransitionKernel kChoices[] = {TransitionKernel::gibbs, TransitionKernel::hmc,
                                         TransitionKernel::automatic};

// Two coefficients, separated data, a vague prior: skewed, far from normal.
fixtures::Problem separated_problem() {
    fixtures::Problem problem = fixtures::make_problem(12, 2, 61, 10.0);
    for (std::size_t i = 0; i < 12; ++i) problem.kappa[i] = problem.design[2 * i] > 0.2 ? 0.5 : -0.5;
    return problem;
}

fixtures::Problem weighted_problem() {
    fixtures::Problem problem = fixtures::make_problem(9, 2, 62, 1.5);
    problem.mean = {1.0, -0.5};
    for (std::size_t i = 0; i < 9; ++i) {
        problem.shape[i] = 0.5 + 1.7 * static_cast<double>(i);
        problem.kappa[i] *= 0.6 * problem.shape[i];
        problem.offset[i] = 0.2 * static_cast<double>(i) - 1.0;
    }
    return problem;
}

}  // namespace

TEST_CASE("every kernel samples the posterior that quadrature gives") {
    for (const fixtures::Problem& problem : {separated_problem(), weighted_problem()}) {
        const fixtures::Moments exact = fixtures::quadrature(problem);
        const fixtures::OwnedModel model(problem);
        for (const TransitionKernel kernel : kChoices) {
            // Long batches, for plain Gibbs sampling is slow on the separated problem.
            const std::size_t sweeps = kernel == TransitionKernel::gibbs ? 100000 : 20000;
            Run run(model, nullptr, options(kernel, 400));
            REQUIRE(run.chains->start(nullptr).ok());
            run.advance(400, 400);
            run.advance(sweeps, sweeps);
            CHECK(fixtures::worst_score(run.beta, 4, sweeps, exact) < 6.0);
        }
    }
}

TEST_CASE("rows in several strips all count") {
    // Every row a thousand times with a thousandth of its shape: the posterior of the rows themselves.
    constexpr std::size_t kCopies = 1000, kSweeps = 1000;
    const fixtures::Problem few = weighted_problem();
    fixtures::Problem many = few;
    many.n = few.n * kCopies;
    many.design.clear();
    for (std::vector<double>* values : {&many.shape, &many.kappa, &many.offset}) values->resize(many.n);
    for (std::size_t i = 0; i < many.n; ++i) {
        const std::size_t from = i % few.n;
        many.design.insert(many.design.end(), {few.design[2 * from], few.design[2 * from + 1]});
        many.shape[i] = few.shape[from] / kCopies;
        many.kappa[i] = few.kappa[from] / kCopies;
        many.offset[i] = few.offset[from];
    }
    const fixtures::Moments exact = fixtures::quadrature(few);
    const fixtures::OwnedModel model(many);
    REQUIRE(RowPartition::for_matrices(many.n, 2).count() > 1);
    for (const TransitionKernel kernel : {TransitionKernel::gibbs, TransitionKernel::hmc}) {
        Run run(model, nullptr, options(kernel, 100, 2));
        REQUIRE(run.chains->start(nullptr).ok());
        run.advance(100, 100);
        run.advance(kSweeps, kSweeps);
        CHECK(fixtures::worst_score(run.beta, 4, kSweeps, exact) < 6.0);
    }
}

TEST_CASE("a model with more coefficients than rows has its posterior too") {
    constexpr std::size_t kSweeps = 20000;
    fixtures::Problem problem = fixtures::make_problem(1, 2, 63, 1.5);
    problem.mean = {1.0, -0.5};
    problem.offset = {0.5};
    const fixtures::Moments exact = fixtures::quadrature(problem);
    const fixtures::OwnedModel model(problem);
    RowSpaceModel wide;
    REQUIRE(wide.assign(model).ok());
    for (const TransitionKernel kernel : kChoices) {
        Run run(wide.reduced(), &wide, options(kernel, 200));
        const std::vector<double> initial(8, 3.0);
        REQUIRE(run.chains->start(initial.data()).ok());
        run.advance(200, 200);
        run.advance(kSweeps, kSweeps);
        CHECK(fixtures::worst_score(run.beta, 4, kSweeps, exact) < 6.0);
        for (const std::size_t draw : {0u, 777u, 79999u}) {
            CHECK(run.lp[draw] == doctest::Approx(problem.log_posterior(&run.beta[2 * draw])).epsilon(1e-11));
        }
    }
}

TEST_CASE("lp is the log-posterior of the draw beside it, and the statistics of trajectories go with it") {
    const fixtures::Problem problem = weighted_problem();
    const fixtures::OwnedModel model(problem);
    for (const TransitionKernel kernel : kChoices) {
        Run run(model, nullptr, options(kernel, 30));
        REQUIRE(run.chains->start(nullptr).ok());
        run.advance(60, 25);
        for (std::size_t draw = 0; draw < 4 * 60; ++draw) {
            CHECK(run.lp[draw] == doctest::Approx(problem.log_posterior(&run.beta[2 * draw])).epsilon(1e-11));
            // Ten sweeps of data augmentation begin the warm-up of the other kernels.
            const bool trajectory = kernel != TransitionKernel::gibbs && draw % 60 >= 10;
            CHECK(std::isnan(run.acceptance_rate[draw]) == !trajectory);
            CHECK(std::isnan(run.energy[draw]) == !trajectory);
            if (!trajectory) continue;
            CHECK(run.acceptance_rate[draw] >= 0.0);
            CHECK(run.acceptance_rate[draw] <= 1.0);
            CHECK(run.energy[draw] >= -run.lp[draw]);  // by the kinetic energy
        }
    }
}

TEST_CASE("threads and pieces do not change a bit") {
    // So few rows that threads go over chains, and so many that they go over rows, with few columns and with
    // so many that sums of matrices are made by chains.
    struct Size {
        std::size_t rows, columns, tune;
    };
    for (const auto& [rows, columns, tune] : {Size{1100, 3, 100}, Size{9000, 3, 30}, Size{2100, 33, 20}}) {
        const fixtures::Problem problem = fixtures::make_problem(rows, columns, 64);
        const fixtures::OwnedModel model(problem);
        for (const TransitionKernel kernel : kChoices) {
            Run one(model, nullptr, options(kernel, tune, 1), 5);
            REQUIRE(one.chains->start(nullptr).ok());
            one.advance(tune + 20, tune + 20);
            for (const std::size_t threads : {2u, 3u, 8u}) {
                Run other(model, nullptr, options(kernel, tune, threads), 5);
                REQUIRE(other.chains->start(nullptr).ok());
                other.advance(tune + 20, 7 + threads);
                CHECK(other.beta == one.beta);
                CHECK(other.lp == one.lp);
            }
        }
    }
}

TEST_CASE("a saved run goes on with the same bits, in warm-up and after it, in other chains and in its own") {
    const fixtures::Problem problem = fixtures::make_problem(60, 3, 65);
    const fixtures::OwnedModel model(problem);
    for (const TransitionKernel kernel : kChoices) {
        for (std::size_t saved_at = 1; saved_at <= 105; ++saved_at) {  // every end of a window among them
            Run whole(model, nullptr, options(kernel, 100));
            REQUIRE(whole.chains->start(nullptr).ok());
            whole.advance(saved_at, saved_at);
            const State state = whole.chains->state();
            std::deque<fixtures::Generator> generators;
            for (const auto& generator : whole.generators) generators.emplace_back(0) = *generator;
            whole.advance(30, 30);

            Run other(model, nullptr, options(kernel, 100, 2));
            for (Run* resumed : {&other, &whole}) {
                const std::vector<double> beta = whole.beta, lp = whole.lp;
                REQUIRE(resumed->chains->restore(state, saved_at));
                for (std::size_t c = 0; c < 4; ++c) *resumed->generators[c] = generators[c];
                resumed->advance(30, 11);
                CHECK(resumed->beta == beta);
                CHECK(resumed->lp == lp);
            }
        }
    }
}

TEST_CASE("the state of other chains is refused") {
    const fixtures::Problem problem = fixtures::make_problem(60, 3, 66);
    const fixtures::OwnedModel model(problem);
    Run run(model, nullptr, options(TransitionKernel::automatic, 100));
    Run fewer(model, nullptr, options(TransitionKernel::automatic, 100), 3);
    Run shorter(model, nullptr, options(TransitionKernel::automatic, 50));
    CHECK_FALSE(fewer.chains->restore(run.chains->state(), 0));
    CHECK_FALSE(shorter.chains->restore(run.chains->state(), 0));
    CHECK(run.chains->restore(run.chains->state(), 0));
}

TEST_CASE("a predictor that overflows is reported, with its chain") {
    fixtures::Problem problem = fixtures::make_problem(10, 2, 67);
    const fixtures::OwnedModel model(problem);
    std::vector<double> initial(8, 0.0);
    initial[5] = 1e308;
    initial[4] = -1e308;
    Run run(model, nullptr, options(TransitionKernel::gibbs, 0));
    problem.design.assign(20, 1e200);
    const fixtures::OwnedModel huge(problem);
    Run other(huge, nullptr, options(TransitionKernel::gibbs, 0));
    REQUIRE(other.chains->start(initial.data()).ok());
    const RunStatus result = other.chains->run(3, {});
    CHECK(result.status.kind != Status::Kind::ok);
}

TEST_CASE("warm-up prefers trajectories where data augmentation is slow, and says so") {
    const fixtures::Problem problem = separated_problem();
    const fixtures::OwnedModel model(problem);
    Run run(model, nullptr, options(TransitionKernel::automatic, 400));
    REQUIRE(run.chains->start(nullptr).ok());
    run.advance(400, 400);
    CHECK(run.sampler->report().hmc_efficiency > 5.0 * run.sampler->report().gibbs_efficiency);
    CHECK(run.sampler->schedule().trajectories > 0);
    CHECK(run.sampler->schedule().gibbs_every > 1);
    const LinearSchedule frozen = run.sampler->schedule();
    run.advance(100, 100);
    CHECK(run.sampler->schedule().hmc.step_size == frozen.hmc.step_size);
    CHECK(run.sampler->schedule().hmc.steps == frozen.hmc.steps);
}
