#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "mcmc/proposals.hpp"
#include "random/normals.hpp"
#include "tests/model_fixtures.hpp"

using namespace polyagamma;

namespace {

struct Fit {
    Vector mean;
    double xx = 0.0, xy = 0.0, yy = 0.0;  // covariance
};

// Of two dimensions; after seen, tried and acceptance come the mean and the factor.
Fit fit_of(IndependentProposal& proposal) {
    Vector all;
    proposal.visit([&](const double* part, std::size_t size) { all.insert(all.end(), part, part + size); });
    REQUIRE(all.size() == 3 + 2 + 4);
    const double *mean = &all[3], *l = &all[5];
    return {{mean[0], mean[1]}, l[0] * l[0], l[0] * l[2], l[2] * l[2] + l[3] * l[3]};
}

Vector draw_of(fixtures::Generator& random) {
    const double first = random.normal();
    return {1.0 + first, -4.0 + 0.8 * first + 0.5 * random.normal()};
}

}  // namespace

TEST_CASE("a random walk learns along its last step only, by Vihola's equation") {
    fixtures::Generator random(1);
    RandomWalk walk(2);
    const Vector theta = {1.0, -1.0};
    Vector proposal(2);
    walk.propose(theta, *random.bitgen(), proposal);
    const double u[] = {(proposal[0] - 1.0) / 0.5, (proposal[1] + 1.0) / 0.5};
    const double norm = u[0] * u[0] + u[1] * u[1];
    walk.learn(0.8);  // first step: min(1, 2 · 1) = 1
    // S Sᵀ = 0.25 (I + 0.5 u uᵀ / |u|²)
    const Vector s = walk.state();
    CHECK(s[0] * s[0] == doctest::Approx(0.25 * (1 + 0.5 * u[0] * u[0] / norm)));
    CHECK(s[0] * s[2] == doctest::Approx(0.25 * (0.5 * u[0] * u[1] / norm)));
    CHECK(s[2] * s[2] + s[3] * s[3] == doctest::Approx(0.25 * (1 + 0.5 * u[1] * u[1] / norm)));
    CHECK(walk.reach(RandomWalk(2)) ==
          doctest::Approx(std::sqrt(1 + 0.5 * std::max(u[0] * u[0], u[1] * u[1]) / norm)));
    CHECK(walk.log_ratio(theta, proposal) == 0.0);
}

// The start, with mean the first draw and covariance I/4, has the weight that the rates leave it.
TEST_CASE("independent proposals learn the weighted mean and covariance of what they have seen") {
    constexpr std::size_t kDraws = 40;
    fixtures::Generator random(2);
    IndependentProposal proposal(2);
    std::vector<Vector> points;
    std::vector<double> weights = {1.0};
    for (std::size_t t = 0; t < kDraws; ++t) {
        const Vector draw = draw_of(random);
        if (t == 0) points.push_back(draw);
        points.push_back(draw);
        proposal.see(draw);
        const double rate = 2.0 / (static_cast<double>(t) + 6.0);
        for (double& weight : weights) weight *= 1.0 - rate;
        weights.push_back(rate);
    }
    Fit expected{{0.0, 0.0}, 0.25 * weights[0], 0.0, 0.25 * weights[0]};
    for (std::size_t i = 0; i < weights.size(); ++i)
        for (std::size_t j = 0; j < 2; ++j) expected.mean[j] += weights[i] * points[i][j];
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double x = points[i][0] - expected.mean[0], y = points[i][1] - expected.mean[1];
        expected.xx += weights[i] * x * x;
        expected.xy += weights[i] * x * y;
        expected.yy += weights[i] * y * y;
    }
    const Fit found = fit_of(proposal);
    for (std::size_t j = 0; j < 2; ++j)
        CHECK(found.mean[j] == doctest::Approx(expected.mean[j]).epsilon(1e-12));
    CHECK(found.xx == doctest::Approx(expected.xx).epsilon(1e-12));
    CHECK(found.xy == doctest::Approx(expected.xy).epsilon(1e-12));
    CHECK(found.yy == doctest::Approx(expected.yy).epsilon(1e-12));
}

TEST_CASE("independent proposals are t with five degrees of freedom, and have that density") {
    fixtures::Generator random(3);
    IndependentProposal proposal(2);
    for (int t = 0; t < 60; ++t) proposal.see(draw_of(random));
    const Fit fit = fit_of(proposal);
    const double determinant = fit.xx * fit.yy - fit.xy * fit.xy;
    const auto square = [&](const Vector& at) {  // Mahalanobis distance
        const double x = at[0] - fit.mean[0], y = at[1] - fit.mean[1];
        return (fit.yy * x * x - 2.0 * fit.xy * x * y + fit.xx * y * y) / determinant;
    };
    // P(square > s) = (1 + s/5)^-5/2 in two dimensions; a coordinate is beyond 2.5705818 standard units with
    // probability 0.05; of an elliptical law P(same sign) = 1/2 + asin(correlation)/π. 40000 proposals, three
    // shares, |z| ≤ 5.5: a false alarm once in 10^7.
    constexpr int kProposals = 40000;
    int far = 0, beyond = 0, same_sign = 0;
    Vector at(2);
    for (int i = 0; i < kProposals; ++i) {
        proposal.propose(fit.mean, *random.bitgen(), at);
        far += square(at) > 5.0;
        beyond += std::fabs(at[1] - fit.mean[1]) > 2.5705818 * std::sqrt(fit.yy);
        same_sign += (at[0] - fit.mean[0]) * (at[1] - fit.mean[1]) > 0.0;
        if (i < 100)
            CHECK(proposal.log_ratio(at, fit.mean) ==
                  doctest::Approx(-3.5 * std::log1p(square(at) / 5.0)).epsilon(1e-9));
    }
    const auto z = [&](int count, double p) {
        return (count - p * kProposals) / std::sqrt(p * (1.0 - p) * kProposals);
    };
    CHECK(std::fabs(z(far, std::pow(2.0, -2.5))) <= 5.5);
    CHECK(std::fabs(z(beyond, 0.05)) <= 5.5);
    const double correlation = fit.xy / std::sqrt(fit.xx * fit.yy);
    CHECK(std::fabs(z(same_sign, 0.5 + std::asin(correlation) / 3.14159265358979)) <= 5.5);
}

TEST_CASE("independent proposals wait for draws, and suffice where half of them are accepted") {
    fixtures::Generator random(4);
    IndependentProposal often(2), seldom(2);
    for (int t = 0; t < 30; ++t) {
        CHECK_FALSE(often.ready());
        CHECK_FALSE(often.suffices());
        often.see(draw_of(random));
        often.learn(0.6);
        seldom.learn(0.4);
    }
    CHECK(often.ready());
    CHECK(often.suffices());
    CHECK_FALSE(seldom.suffices());
}
