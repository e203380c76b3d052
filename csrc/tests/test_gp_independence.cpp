#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "gp/independence.hpp"
#include "model_fixtures.hpp"

using namespace polyagamma;

namespace {

// Three numbers, then mean and lower triangle of the covariance in full storage.
std::vector<double> numbers(Independence& independence) {
    std::vector<double> all;
    independence.visit([&](const double* part, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) all.push_back(part[i]);
    });
    return all;
}

}  // namespace

TEST_CASE("independent proposals learn the mean and covariance of draws with weights 1, 2, 3, ...") {
    fixtures::Generator random(1);
    Independence independence(2);
    constexpr std::size_t kDraws = 40;
    std::vector<double> x, y;
    double total = 0.0, mean[2] = {}, covariance[3] = {};
    for (std::size_t t = 1; t <= kDraws; ++t) {
        const double draw[] = {random.normal(), 3.0 + 2.0 * random.normal()};
        independence.learn(draw);
        x.push_back(draw[0]), y.push_back(draw[1]);
        const double weight = static_cast<double>(t);
        total += weight, mean[0] += weight * draw[0], mean[1] += weight * draw[1];
    }
    for (double& one : mean) one /= total;
    for (std::size_t t = 0; t < kDraws; ++t) {
        const double share = static_cast<double>(t + 1) / total, dx = x[t] - mean[0], dy = y[t] - mean[1];
        covariance[0] += share * dx * dx, covariance[1] += share * dy * dx, covariance[2] += share * dy * dy;
    }
    const std::vector<double> found = numbers(independence);
    REQUIRE(found.size() == 3 + 2 + 4);
    CHECK(found[0] == static_cast<double>(kDraws));
    for (std::size_t j = 0; j < 2; ++j) CHECK(found[3 + j] == doctest::Approx(mean[j]).epsilon(1e-12));
    CHECK(found[5] == doctest::Approx(covariance[0]).epsilon(1e-12));
    CHECK(found[7] == doctest::Approx(covariance[1]).epsilon(1e-12));
    CHECK(found[8] == doctest::Approx(covariance[2]).epsilon(1e-12));
}

TEST_CASE("independent proposals are t with four degrees of freedom, and have that density") {
    fixtures::Generator random(2);
    Independence independence(2);
    for (int t = 0; t < 60; ++t) {
        const double first = random.normal();
        const double draw[] = {first, -1.0 + 0.8 * first + 0.5 * random.normal()};
        independence.learn(draw);
    }
    REQUIRE(independence.prepare());
    const std::vector<double> fit = numbers(independence);
    const double a = fit[5], b = fit[7], c = fit[8], determinant = a * c - b * b;
    const auto square = [&](const double* x) {  // Mahalanobis distance
        const double u = x[0] - fit[3], v = x[1] - fit[4];
        return (c * u * u - 2.0 * b * u * v + a * v * v) / determinant;
    };
    // In two dimensions P(square > s) = (1 + s / 4)^-2; and a coordinate is beyond 2.776 standard units with
    // probability 0.05. 40000 proposals, three shares with |z| <= 5.
    constexpr int kProposals = 40000;
    int far = 0, beyond = 0, same_sign = 0;
    const double at_mean = independence.log_density(&fit[3]);
    for (int i = 0; i < kProposals; ++i) {
        double x[2];
        independence.propose(*random.bitgen(), x);
        far += square(x) > 4.0;
        beyond += std::fabs(x[1] - fit[4]) > 2.7764451 * std::sqrt(c);
        same_sign += (x[0] - fit[3]) * (x[1] - fit[4]) > 0.0;
        if (i < 100)
            CHECK(independence.log_density(x) - at_mean ==
                  doctest::Approx(-3.0 * std::log1p(square(x) / 4.0)).epsilon(1e-9));
    }
    const auto z = [&](int count, double p) {
        return (count - p * kProposals) / std::sqrt(p * (1.0 - p) * kProposals);
    };
    CHECK(std::fabs(z(far, 0.25)) <= 5.0);
    CHECK(std::fabs(z(beyond, 0.05)) <= 5.0);
    // P(same sign) of an elliptical law: 1/2 + asin(correlation) / π
    CHECK(std::fabs(z(same_sign, 0.5 + std::asin(b / std::sqrt(a * c)) / 3.14159265358979)) <= 5.0);
}

TEST_CASE("independent proposals wait for draws and tries, and pay where they are accepted") {
    fixtures::Generator random(3);
    Independence often(1), seldom(1), never(1);
    for (int t = 0; t < 60; ++t) {
        CHECK(often.ready() == false);
        const double draw = random.normal();
        often.learn(&draw);
        CHECK(often.turn() == (t % 2 == 1));
    }
    CHECK(often.ready());
    for (int t = 0; t < 30; ++t) {
        CHECK(often.pays() == false);
        often.learn_acceptance(0.6);
        seldom.learn_acceptance(0.4);
        never.learn_acceptance(0.2);
    }
    CHECK((often.pays() && often.suffices()));
    CHECK((seldom.pays() && !seldom.suffices()));
    CHECK(!never.pays());
    CHECK(!never.prepare());  // no draws, no covariance
}
