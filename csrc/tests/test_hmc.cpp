#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mcmc/gibbs_update.hpp"
#include "mcmc/hmc_update.hpp"
#include "random/normals.hpp"
#include "tests/model_fixtures.hpp"

using namespace polyagamma;

namespace {

Worker alone;

std::vector<ChainModel> one_model(const LinearModel& model, const Whitening& whitening) {
    std::vector<ChainModel> models;
    models.emplace_back(model, whitening);
    return models;
}

// One chain in the coordinates of the coefficients.
struct Chain {
    Chain(const LinearModel& m, std::uint64_t seed)
        : model(m),
          whitening(m),
          models(one_model(m, whitening)),
          random(seed),
          u(whitening.size()),
          bitgen(random.bitgen()),
          batch(models, 0, &bitgen, u.data(), whitening.size(), 1, 1),
          hmc(batch, whitening.size(), 1, schedule) {}

    UpdateInfo trajectory(const LeapfrogSettings& settings) {
        batch.evaluate(alone, whitening);
        REQUIRE(batch.status[0].ok());
        schedule = {0, 1, settings};
        batch.info[0] = {};
        hmc.run(alone, whitening, batch);
        return batch.info[0];
    }

    const LinearModel& model;
    Whitening whitening;
    std::vector<ChainModel> models;
    fixtures::Generator random;
    Vector u;
    BitGen* bitgen;
    ChainBatch batch;
    LinearSchedule schedule;
    HmcUpdate hmc;
};

// Rows that say nothing, and a N(0, I) prior.
fixtures::Problem standard_normal(std::size_t p) {
    fixtures::Problem problem = fixtures::make_problem(4, p, 50, 1.0);
    problem.shape.assign(4, 0.0);
    problem.kappa.assign(4, 0.0);
    return problem;
}

double mean_energy_error(const LinearModel& model, const LeapfrogSettings& settings) {
    double sum = 0.0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Chain chain(model, seed);
        fill_normals(*chain.bitgen, chain.u.data(), chain.u.size());
        sum += std::fabs(chain.trajectory(settings).energy_error) / 200.0;
    }
    return sum;
}

}  // namespace

TEST_CASE("trajectories on a standard normal posterior make no error") {
    const fixtures::Problem problem = standard_normal(3);
    const fixtures::OwnedModel model(problem);
    Chain chain(model, 51);
    for (int t = 0; t < 100; ++t) {
        const UpdateInfo info = chain.trajectory({1.5, 2});
        CHECK(std::fabs(info.energy_error) < 1e-13);
        CHECK(info.acceptance > 1.0 - 1e-13);
    }
}

TEST_CASE("the energy error falls with the square of the angle between kicks") {
    const fixtures::Problem problem = fixtures::make_problem(30, 3, 52);
    const fixtures::OwnedModel model(problem);
    // The leapfrog has order two: at a fixed length, four times less error for twice the kicks.
    const double coarse = mean_energy_error(model, {0.05, 20});
    const double fine = mean_energy_error(model, {0.025, 40});
    CHECK(coarse / fine == doctest::Approx(4.0).epsilon(0.05));
}

TEST_CASE("a proposal whose energy is not finite is rejected") {
    const fixtures::Problem problem = fixtures::make_problem(30, 2, 53);
    const fixtures::OwnedModel model(problem);
    Chain chain(model, 54);
    const UpdateInfo info = chain.trajectory({1e200, 3});
    CHECK(info.acceptance == 0.0);
    CHECK(chain.u[0] == 0.0);
    CHECK(std::isfinite(info.energy));
}

// Geweke (2004, JASA 99, 799): alternate draws of the data given the coefficients with sweeps of the kernel
// given the data; the coefficients must keep their prior. It sees an error in any part of a kernel, whatever
// the data.
TEST_CASE("kernels keep the joint law of coefficients and data") {
    constexpr std::size_t kSweeps = 40000, kRows = 3;
    for (const bool augmentation : {true, false}) {
        fixtures::Problem problem = fixtures::make_problem(kRows, 2, 55, 1.0);
        problem.mean = {0.5, -0.5};
        problem.precision = {1.0, 0.5, 0.5, 2.0};
        problem.offset = {0.3, -0.2, 0.0};
        problem.shape = {1.0, 3.0, 2.0};
        fixtures::Moments prior{{0.5, -0.5}, {2.0 / 1.75, -0.5 / 1.75, 1.0 / 1.75}};
        fixtures::Generator random(56);
        Vector u{0.5, -0.5};
        std::vector<double> draws;
        BitGen* bitgen = random.bitgen();
        for (std::size_t sweep = 0; sweep < kSweeps; ++sweep) {
            for (std::size_t i = 0; i < kRows; ++i) {
                const double eta =
                    problem.offset[i] + problem.design[2 * i] * u[0] + problem.design[2 * i + 1] * u[1];
                problem.kappa[i] = -0.5 * problem.shape[i];
                for (double trial = 0.0; trial < problem.shape[i]; trial += 1.0) {
                    if (random.uniform() < 1.0 / (1.0 + std::exp(-eta))) problem.kappa[i] += 1.0;
                }
            }
            const fixtures::OwnedModel model(problem);
            const Whitening whitening(model);
            std::vector<ChainModel> models = one_model(model, whitening);
            ChainBatch batch(models, 0, &bitgen, u.data(), 2, 1, 1);
            if (augmentation) {
                GibbsUpdate(batch, 2, 1).run(alone, whitening, batch);
            } else {
                const LinearSchedule schedule{0, 1, {0.7, 2}};
                batch.evaluate(alone, whitening);
                HmcUpdate(batch, 2, 1, schedule).run(alone, whitening, batch);
            }
            REQUIRE(batch.status[0].ok());
            draws.push_back(u[0]);
            draws.push_back(u[1]);
        }
        CHECK(fixtures::worst_score(draws, 1, kSweeps, prior) < 6.5);
    }
}
