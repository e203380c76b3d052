#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "mcmc/linear_warmup.hpp"
#include "tests/model_fixtures.hpp"

using namespace polyagamma;

namespace {

constexpr std::size_t kTune = 400, kChains = 4, kSize = 2;

// Warm-up on a standard normal posterior, told of draws that are made up.
struct Told {
    Told() : problem(standard_normal()), model(problem), whitening(model) {
        for (std::size_t c = 0; c < kChains; ++c) models.emplace_back(model, whitening);
    }

    static fixtures::Problem standard_normal() {
        fixtures::Problem made = fixtures::make_problem(4, kSize, 50, 1.0);
        made.shape.assign(4, 0.0);
        made.kappa.assign(4, 0.0);
        return made;
    }

    // Sweeps first to last: means 0, variances `square` and 1, no correlation, none from sweep to sweep.
    void sweeps(std::size_t first, std::size_t last, double square) {
        for (std::size_t t = first; t < last; ++t) {
            const double draw[] = {t & 2 ? std::sqrt(square) : -std::sqrt(square), t & 1 ? 1.0 : -1.0};
            for (std::size_t c = 0; c < kChains; ++c) warmup.record(c, t, draw, 0.9);
            REQUIRE(warmup.finish_window(t + 1, model, whitening, u.data(), models).ok());
        }
    }

    fixtures::Problem problem;
    fixtures::OwnedModel model;
    Whitening whitening;
    std::vector<ChainModel> models;
    LinearWarmup warmup{TransitionKernel::hmc, false, kTune, 4, kSize, kChains};
    Vector u = Vector(kChains * kSize);
};

}  // namespace

TEST_CASE("both windows of the covariance have their say") {
    Told told;
    told.sweeps(0, 192, 1.0);  // the first window of the covariance is 116 to 192, the second up to 296
    told.u.assign(told.u.size(), 1.0);
    told.sweeps(192, 295, 4.0);
    LinearWarmup restored(TransitionKernel::hmc, false, kTune, 4, kSize, kChains);
    const Vector saved = told.warmup.save();
    REQUIRE(restored.restore(saved.data(), saved.size(), 295));
    CHECK(restored.save() == saved);
    told.sweeps(295, 296, 4.0);
    const double square = (76.0 * 1.0 + 104.0 * 4.0) / 180.0;
    CHECK(told.u[0] == doctest::Approx(1.0 / std::sqrt(square)).epsilon(0.01));
    CHECK(told.u[1] == doctest::Approx(1.0).epsilon(0.01));
}

TEST_CASE("a warm-up is not restored from one that is cut off") {
    Told told;
    told.sweeps(0, 200, 1.0);
    const Vector saved = told.warmup.save();
    for (const std::size_t size : {std::size_t{0}, std::size_t{5}, saved.size() - 1}) {
        LinearWarmup other(TransitionKernel::hmc, false, kTune, 4, kSize, kChains);
        CHECK_FALSE(other.restore(saved.data(), size, 200));
    }
}
