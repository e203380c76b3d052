#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "mcmc/scale_laws.hpp"
#include "mcmc/scale_transport.hpp"
#include "mcmc/student_turn.hpp"
#include "simd/loops.hpp"
#include "terms/local_scale.hpp"
#include "terms/shrinkage_prior.hpp"
#include "tests/model_fixtures.hpp"

using namespace polyagamma;

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr std::size_t kNone = ShrinkagePrior::kNone;

// An intercept, and two columns of a group in units of their own, with a slab.
ShrinkagePrior some_prior(double tau0 = 0.3) {
    return {{{0.0, 0.0, 0.0}, {1.0, 1.0, 2.0}, {kNone, 0, 0}}, horseshoe_scale(), {tau0}, {1.5, 0.0}};
}

// Half-Cauchy of that median into uniform, and back.
double uniform_of(double x, double median) {
    return 2.0 / kPi * std::atan(x / median);
}
double half_cauchy(double uniform) {
    return std::tan(0.5 * kPi * uniform);
}

// Means of batches against an expectation, in standard errors.
double score(const std::vector<double>& values, double expected) {
    constexpr std::size_t kBatches = 50;
    const std::size_t size = values.size() / kBatches;
    double sum = 0.0, squares = 0.0;
    for (std::size_t batch = 0; batch < kBatches; ++batch) {
        double mean = 0.0;
        for (std::size_t i = 0; i < size; ++i) mean += values[batch * size + i] / static_cast<double>(size);
        sum += mean;
        squares += mean * mean;
    }
    const double mean = sum / kBatches, variance = squares / kBatches - mean * mean;
    return std::fabs(mean - expected) / std::sqrt(variance / (kBatches - 1));
}

}  // namespace

TEST_CASE("laws of log λ are densities, and their distribution functions have inverses") {
    const ShrinkagePrior prior = some_prior();
    const ScaleGrid grid(prior.local(), 0.3);
    const ColumnPseudoData data{{0.0, 30.0, 4.0}, {0.0, 50.0, -3.0}};
    const ScaleLaws laws(grid, prior, {1, 2}, data);
    for (const std::size_t c : {0u, 1u}) {
        CHECK(laws.probability(c, grid.low()) == 0.0);
        CHECK(laws.probability(c, grid.node(ScaleGrid::kNodes - 1)) == doctest::Approx(1.0).epsilon(1e-12));
        for (const double t : {-5.0, -1.3, 0.2, 2.9, 6.1}) {
            CHECK(laws.quantile(c, laws.probability(c, t)) == doctest::Approx(t).epsilon(1e-9));
            const double slope = (laws.probability(c, t + 1e-6) - laws.probability(c, t - 1e-6)) / 2e-6;
            CHECK(std::exp(laws.log_density(c, t)) == doctest::Approx(slope).epsilon(1e-5));
        }
    }
}

TEST_CASE("grids reach as far as λ of each prior is likely to be, further where τ is small") {
    const ScaleGrid wide(*horseshoe_scale(), 1.0), further(*horseshoe_scale(), std::exp(-3.0));
    CHECK(wide.inside(-7.0));
    CHECK(wide.inside(7.0));
    CHECK(!wide.inside(8.5));
    CHECK(further.inside(10.0));
    const ScaleGrid narrow(*student_scale(30.0), 1.0);
    CHECK(narrow.inside(0.3));
    CHECK(!narrow.inside(2.0));
}

// With the pseudo-data of one column all that there is, whatever λ was.
TEST_CASE("the posterior of τ alone decides") {
    const ColumnPseudoData data{{0.0, 30.0, 0.0}, {0.0, 20.0, 0.0}};
    std::vector<double> decides;
    for (const double lambda : {0.05, 0.7, 4.0, 60.0}) {
        fixtures::Generator random(8);
        ShrinkagePrior prior({{0.0, 0.0}, {1.0, 1.0}, {kNone, 0}}, horseshoe_scale(), {0.3}, {1.5, 0.0});
        prior.set_square(1, lambda * lambda);
        const auto of_data = [&] {
            const double v = prior.variance(1), a = data.precision[1], h = data.linear[1];
            return 0.5 * (v * h * h / (1.0 + v * a) - std::log1p(v * a));
        };
        const double before = of_data();
        const ScaleTransport transport(prior, 0, true);
        const double ratio = transport.propose(data, prior, *random.bitgen());
        REQUIRE(std::fabs(std::log(prior.tau(0) / 0.3)) > 0.3);
        decides.push_back(ratio + of_data() - before);
    }
    for (const double one : decides) CHECK(std::fabs(one - decides[0]) < 0.05);
}

// Without data τ and λ keep their prior, λ drawn anew from it before each proposal: what pseudo-data say is
// wrong, and has to be made up for. 200,000 proposals; means of uniform functions, their squares and
// products, |z| < 6.5 with 49 degrees of freedom.
TEST_CASE("transport leaves a density of scales invariant") {
    constexpr std::size_t kSweeps = 200000;
    const ColumnPseudoData data{{0.0, 30.0, 4.0}, {0.0, 25.0, -3.0}};
    fixtures::Generator random(11);
    ShrinkagePrior prior = some_prior();
    ScaleTransport transport(prior, 0, true);
    std::vector<std::vector<double>> values(7);
    double accepted = 0.0;
    for (std::size_t sweep = 0; sweep < kSweeps; ++sweep) {
        for (const std::size_t j : {1, 2}) prior.set_square(j, std::pow(half_cauchy(random.uniform()), 2.0));
        ShrinkagePrior proposed(prior);
        const double log_ratio = transport.propose(data, proposed, *random.bitgen());
        if (std::isfinite(log_ratio) && std::log(random.uniform()) < log_ratio) {
            prior.set_tau(0, proposed.tau(0));
            prior.set_squares(proposed.squares());
            accepted += 1.0 / kSweeps;
        }
        if (sweep < 500) transport.see(prior);
        const double of_tau = uniform_of(prior.tau(0), 0.3);
        values[0].push_back(of_tau);
        values[1].push_back(of_tau * of_tau);
        for (const std::size_t j : {1, 2}) {
            const double of_lambda = uniform_of(std::sqrt(prior.squares()[j]), 1.0);
            values[2 * j].push_back(of_lambda);
            values[2 * j + 1].push_back(of_lambda * of_lambda);
        }
        values[6].push_back(of_tau * values[2].back() * values[4].back());
    }
    CHECK(accepted > 0.2);
    const double third = 1.0 / 3.0, expected[] = {0.5, third, 0.5, third, 0.5, third, 0.125};
    for (std::size_t f = 0; f < values.size(); ++f) {
        INFO(f);
        CHECK(score(values[f], expected[f]) < 6.5);
    }
}

// 200,000 steps, each accepted: half of t with 5 degrees of freedom is within 0.7267 of the median, 95 %
// within 2.5706; |z| < 6.5.
TEST_CASE("turns leave Student's t distribution invariant") {
    constexpr std::size_t kSteps = 200000;
    fixtures::Generator random(12);
    StudentTurn turn(0.4);  // and the scale 1
    std::vector<double> middle, most, below;
    double x = 0.4, other = -0.3;
    CHECK(turn.log_ratio(x, other) == doctest::Approx(3.0 * std::log1p(0.49 / 5.0)));
    for (std::size_t i = 0; i < kSteps; ++i) {
        x = turn.propose(x, *random.bitgen());
        middle.push_back(std::fabs(x - 0.4) < 0.7266868);
        most.push_back(std::fabs(x - 0.4) < 2.5705818);
        below.push_back(x < 0.4);
    }
    CHECK(score(middle, 0.5) < 6.5);
    CHECK(score(most, 0.95) < 6.5);
    CHECK(score(below, 0.5) < 6.5);
}

TEST_CASE("turns learn where a number is, and to go no further than is accepted") {
    fixtures::Generator random(13);
    StudentTurn turn(0.0), short_turn(0.0);
    for (int i = 0; i < 2000; ++i) turn.see(-3.0 + 0.1 * random.normal());
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < 10000; ++i) {
        const double x = turn.propose(-3.0, *random.bitgen());
        sum += x / 10000.0;
        squares += (x + 3.0) * (x + 3.0) / 10000.0;
    }
    CHECK(sum == doctest::Approx(-3.0).epsilon(0.01));
    CHECK(std::sqrt(squares) < 0.2);
    CHECK(turn.reach() == 1.0);
    for (int i = 0; i < 200; ++i) short_turn.learn(0.0);
    CHECK(short_turn.reach() < 0.01);
    CHECK(std::fabs(short_turn.propose(2.0, *random.bitgen()) - 2.0) < 0.3);
}

TEST_CASE("marginal densities of scales have the same bits at every level, and follow their formula") {
    constexpr std::size_t kSize = 64;
    fixtures::Generator random(14);
    Vector p(kSize), v(kSize), found(kSize), expected(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
        p[i] = random.uniform();
        v[i] = std::exp(3.0 * random.normal());
    }
    find_loops("baseline")->scales.marginals(p.data(), v.data(), kSize, 7.0, 20.0, expected.data());
    for (std::size_t i = 0; i < kSize; ++i) {
        const double q = 1.0 / (1.0 + 7.0 * v[i]);
        CHECK(expected[i] == doctest::Approx(p[i] * std::sqrt(q) * std::exp(-20.0 * q)).epsilon(1e-14));
    }
    for (const char* level : {"v3", "v4"}) {
        const Loops* loops = find_loops(level);
        if (loops == nullptr) continue;
        loops->scales.marginals(p.data(), v.data(), kSize, 7.0, 20.0, found.data());
        CHECK(std::memcmp(found.data(), expected.data(), kSize * sizeof(double)) == 0);
    }
}
