#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "likelihood/binomial.hpp"
#include "linalg/dense.hpp"
#include "tests/model_fixtures.hpp"
#include "vi/row_sums.hpp"

using namespace polyagamma;

namespace {

// The rows of a problem, with a centre.
struct Rows {
    explicit Rows(const fixtures::Problem& problem)
        : likelihood(problem.shape.data(), problem.kappa.data(), problem.n), centre(problem.p, 0.25) {
        Vector offset(likelihood.padded());
        std::copy(problem.offset.begin(), problem.offset.end(), offset.begin());
        rows = std::make_unique<LinearRows>(LinearRows{
            {problem.design.data(), problem.n, problem.p, false, centre.data()}, offset, likelihood});
    }
    Binomial likelihood;
    std::vector<double> centre;
    std::unique_ptr<LinearRows> rows;
};

// Σℓ and its derivatives, row by row.
RowTotals by_definition(const fixtures::Problem& problem, const Rows& rows, const Vector& beta) {
    const std::size_t p = problem.p;
    RowTotals totals{0.0, Vector(p), Vector(p * p), {}};
    for (std::size_t i = 0; i < problem.n; ++i) {
        double eta = problem.offset[i];
        Vector x(p);
        for (std::size_t j = 0; j < p; ++j) {
            x[j] = problem.design[i * p + j] - rows.centre[j];
            eta += x[j] * beta[j];
        }
        const double b = problem.shape[i], cosh = std::cosh(eta / 2);
        totals.value += problem.kappa[i] * eta - b * std::log(2 * cosh);
        for (std::size_t j = 0; j < p; ++j) {
            totals.slope[j] += (problem.kappa[i] - 0.5 * b * std::tanh(eta / 2)) * x[j];
            for (std::size_t l = 0; l < p; ++l)
                totals.precision[j * p + l] += 0.25 * b / (cosh * cosh) * x[j] * x[l];
        }
    }
    return totals;
}

}  // namespace

TEST_CASE("sums over rows are those of their definition, for any number of rows and threads") {
    const Vector beta{0.3, -0.2, 0.5};
    for (const std::size_t n : {1u, 8u, 50u, 513u, 5000u}) {
        const fixtures::Problem problem = fixtures::make_problem(n, 3, 41);
        const Rows rows(problem);
        const RowTotals expected = by_definition(problem, rows, beta);
        const RowTotals found = RowSums(*rows.rows, 1).of(PointKernel(true), beta.data(), nullptr);
        CHECK(found.value == doctest::Approx(expected.value).epsilon(1e-12));
        for (std::size_t j = 0; j < 3; ++j)
            CHECK(found.slope[j] == doctest::Approx(expected.slope[j]).epsilon(1e-10));
        for (std::size_t j = 0; j < 9; ++j)
            CHECK(found.precision[j] == doctest::Approx(expected.precision[j]).epsilon(1e-10));
        const RowTotals shared = RowSums(*rows.rows, 3).of(PointKernel(true), beta.data(), nullptr);
        CHECK(shared.value == found.value);
        CHECK(shared.slope == found.slope);
        CHECK(shared.precision == found.precision);
        double value;
        RowSums(*rows.rows, 2).log_likelihoods(beta.data(), 1, &value);
        CHECK(value == doctest::Approx(expected.value).epsilon(1e-12));
    }
}

TEST_CASE("means over a law that has no width are values, and the Pólya-gamma bound is exact there") {
    const Vector beta{0.3, -0.2, 0.5};
    const fixtures::Problem problem = fixtures::make_problem(700, 3, 42);
    const Rows rows(problem);
    const RowTotals expected = by_definition(problem, rows, beta);
    Vector sharp = identity(3);
    for (double& value : sharp) value *= 1e80;
    const RowSums sums(*rows.rows, 1);
    const MeanKernel mean({-1.0, 1.0}, {0.5, 0.5});
    for (const RowTotals& found :
         {sums.of(mean, beta.data(), sharp.data()), sums.of(PolyaGammaKernel(), beta.data(), sharp.data())}) {
        CHECK(found.value == doctest::Approx(expected.value).epsilon(1e-12));
        for (std::size_t j = 0; j < 3; ++j)
            CHECK(found.slope[j] == doctest::Approx(expected.slope[j]).epsilon(1e-10));
    }
}

TEST_CASE("a part of the rows stands for all") {
    const Vector beta{0.3, -0.2, 0.5};
    const fixtures::Problem problem = fixtures::make_problem(20000, 3, 43);
    const Rows rows(problem);
    const RowSums sums(*rows.rows, 1);
    const RowTotals all = sums.of(PointKernel(true), beta.data(), nullptr);
    const RowTotals some = sums.of(PointKernel(true), beta.data(), nullptr, 8);
    // Of 2500 rows with a standard deviation of ℓ below .5: 1 % of the value, 5 standard errors below.
    CHECK(some.value == doctest::Approx(all.value).epsilon(0.1));
    CHECK(some.value != all.value);
}
