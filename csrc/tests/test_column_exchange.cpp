#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "likelihood/binomial.hpp"
#include "mcmc/coefficient_pair.hpp"
#include "mcmc/column_exchange.hpp"
#include "mcmc/weighted_choice.hpp"
#include "terms/column_neighbours.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"
#include "tests/shrinkage_fixtures.hpp"

using namespace polyagamma;

namespace {

// Three rows, in a panel, and five columns of which the first four go together in a chain of correlations.
struct Wide {
    static constexpr std::size_t kRows = 3, kColumns = 5;
    const Vector offset = Vector(kPanelRows, 0.1);
    DesignColumns design{kPanelRows, Vector(kColumns * kPanelRows), offset};

    Wide() {
        const double x[kColumns][kRows] = {
            {2.0, 0.1, 0.0}, {1.8, 1.0, 0.0}, {1.2, 1.5, -0.4}, {0.3, 1.9, -0.8}, {0.4, 0.4, 0.4}};
        for (std::size_t j = 0; j < kColumns; ++j)
            for (std::size_t i = 0; i < kRows; ++i) design.matrix[j * kPanelRows + i] = x[j][i];
    }
    // The last column is never shrunk.
    static ShrinkagePrior prior() {
        ShrinkagePrior::Columns columns{Vector(kColumns, 0.2), {1.0, 2.0, 0.5, 1.0, 1.0}, {0, 0, 0, 0}};
        columns.group.push_back(ShrinkagePrior::kNone);
        return {columns, horseshoe_scale(), {fixtures::kTau0}, fixtures::kSlab};
    }
};

Binomial draw_rows(const Wide& wide, const NoncenteredShrinkage& prior, const Vector& q,
                   fixtures::Generator& random) {
    Vector beta(Wide::kColumns), work(prior.workspace()), trials(Wide::kRows, 1.0), kappa(Wide::kRows);
    prior.coefficients_at(q.data(), beta.data(), work.data());
    for (std::size_t i = 0; i < Wide::kRows; ++i) {
        double eta = wide.offset[i];
        for (std::size_t j = 0; j < Wide::kColumns; ++j) eta += beta[j] * wide.design.column(j)[i];
        kappa[i] = random.uniform() < 1.0 / (1.0 + std::exp(-eta)) ? 0.5 : -0.5;
    }
    return {trials.data(), kappa.data(), Wide::kRows};
}

}  // namespace

TEST_CASE("weights are chosen in proportion, also when they have changed places") {
    Vector weights(70, 0.0);
    weights[3] = 1.0;
    weights[40] = 2.0;
    weights[69] = 1.0;
    WeightedChoice choice(weights);
    CHECK(choice.at(0.24) == 3);
    CHECK(choice.at(0.26) == 40);
    CHECK(choice.at(0.74) == 40);
    CHECK(choice.at(0.76) == 69);
    choice.swap(3, 64);
    CHECK(choice.at(0.49) == 40);
    CHECK(choice.at(0.51) == 64);
    CHECK(choice.at(0.99) == 69);
}

TEST_CASE("neighbours go both ways") {
    const Wide wide;
    const auto near = column_neighbours(reference::blas(), wide.design, {0, 1, 2, 3}, 1);
    CHECK(near == std::vector<std::vector<std::size_t>>{{1}, {0, 2}, {1, 3}, {2}});
    CHECK(column_neighbours(reference::blas(), wide.design, {0, 2}, 5) ==
          std::vector<std::vector<std::size_t>>{{1}, {0}});
}

TEST_CASE("where all rows would take too long some of them tell of neighbours") {
    constexpr std::size_t kRows = 1000, kColumns = 70;  // two blocks
    const Vector offset(kRows);
    DesignColumns design{kRows, Vector(kColumns * kRows), offset};
    fixtures::Generator random(56);
    std::vector<std::size_t> columns(kColumns);
    for (std::size_t j = 0; j < kColumns; ++j) {
        columns[j] = j;
        for (std::size_t i = 0; i < kRows; ++i)  // in pairs
            design.matrix[j * kRows + i] =
                j % 2 == 0 ? random.normal() : -design.matrix[(j - 1) * kRows + i] + 0.1 * random.normal();
    }
    for (const double most : {1.0, 1e5, 1e9}) {
        const auto near = column_neighbours(reference::blas(), design, columns, 1, most);
        for (std::size_t j = 0; j < kColumns; ++j) CHECK(near[j] == std::vector<std::size_t>{j ^ 1});
    }
}

// By quadrature over both coefficients.
TEST_CASE("evidence and draws of two coefficients") {
    const CoefficientPair pair{2.0, 1.0, 1.2, {0.7, -0.4}};
    const CoefficientPair::Values v{0.5, 3.0};
    double mass = 0.0, exact[4] = {};
    constexpr double kStep = 0.02;
    for (double x = -6.0; x <= 6.0; x += kStep) {
        for (double y = -12.0; y <= 12.0; y += kStep) {
            const double log = pair.h.first * x + pair.h.second * y -
                               0.5 * (pair.a * x * x + pair.b * y * y) - pair.c * x * y -
                               0.5 * (x * x / v.first + y * y / v.second);
            const double p =
                std::exp(log) * kStep * kStep / (2.0 * fixtures::kPi * std::sqrt(v.first * v.second));
            const double values[] = {x, y, x * y, x * x};
            for (int f = 0; f < 4; ++f) exact[f] += p * values[f];
            mass += p;
        }
    }
    CHECK(pair.log_evidence(v) == doctest::Approx(std::log(mass)).epsilon(1e-8));
    fixtures::Generator random(50);
    constexpr int kDraws = 100000;
    double sums[4] = {}, squares[4] = {};
    for (int t = 0; t < kDraws; ++t) {
        const auto [x, y] = pair.draw(v, *random.bitgen());
        const double values[] = {x, y, x * y, x * x};
        for (int f = 0; f < 4; ++f) {
            sums[f] += values[f] / kDraws;
            squares[f] += values[f] * values[f] / kDraws;
        }
    }
    for (int f = 0; f < 4; ++f) {  // 5.5 standard errors: false alarm 2e-7
        const double error = std::sqrt((squares[f] - sums[f] * sums[f]) / kDraws);
        CHECK(std::fabs(sums[f] - exact[f] / mass) < 5.5 * error);
    }
}

// A state from the prior, data from the state: exchanges given the data leave the state's law what it was.
// 60,000 such pairs are independent; 29 means within 5.5 standard errors, a false alarm of 1.1e-6.
TEST_CASE("exchanges leave the joint law of coordinates and data as it is") {
    const Wide wide;
    const NoncenteredShrinkage prior(Wide::prior());
    fixtures::Generator random(51);
    constexpr std::size_t kRepetitions = 60000;
    fixtures::CoordinateMeans means;
    std::size_t exchanged = 0;
    for (std::size_t t = 0; t < kRepetitions; ++t) {
        Vector q = fixtures::draw_coordinates(prior, random);
        const Binomial rows = draw_rows(wide, prior, q, random);
        const ColumnExchange exchange(reference::blas(), wide.design, rows, prior, 1);
        const double before = q[prior.local_place(0)];
        for (int k = 0; k < 3; ++k) exchange.move(q.data(), *random.bitgen());
        exchanged += q[prior.local_place(0)] != before;
        means.add(prior, q);
    }
    CHECK(exchanged > kRepetitions / 5);
    for (std::size_t f = 0; f < means.size(); ++f) {
        INFO("function " << f);
        CHECK(std::fabs(means.score(f)) < 5.5);
    }
}
