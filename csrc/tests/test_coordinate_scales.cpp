#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "likelihood/binomial.hpp"
#include "likelihood/class_counts.hpp"
#include "likelihood/multinomial.hpp"
#include "likelihood/negative_binomial.hpp"
#include "mcmc/coordinate_scales.hpp"
#include "terms/sparse_columns.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/shrinkage_fixtures.hpp"

using namespace polyagamma;

namespace {

// Four rows and three columns, all of which have zeros; centres that are no means.
struct Sparse {
    static constexpr std::size_t kRows = 4, kColumns = 3, kCoefficients = kColumns + 1;
    const Vector dense{1.5, 0.0, -2.0, 0.0, 1.0, 0.0, 2.0, 0.7, 0.0, 0.0, 0.0, 1.2};
    const Vector centre{0.4, 0.2, -0.1}, offset = Vector(2 * kRows, 0.3);

    SparseRows matrix() const {
        SparseRows rows;
        rows.columns = kColumns;
        for (std::size_t i = 0; i < kRows; ++i) {
            for (std::size_t j = 0; j < kColumns; ++j)
                if (dense[i * kColumns + j] != 0.0) rows.push(j, dense[i * kColumns + j]);
            rows.end_row();
        }
        return rows;
    }
    SparseDesign design(std::shared_ptr<const Likelihood> rows) const {
        return {matrix(), centre, true, offset.data(), std::move(rows)};
    }
    double entry(std::size_t i, std::size_t j) const { return dense[i * kColumns + j] - centre[j]; }
    static NoncenteredShrinkage prior(std::size_t predictors) {
        ShrinkagePrior::Columns columns;
        for (std::size_t k = 0; k < predictors; ++k)
            for (std::size_t j = 0; j < kCoefficients; ++j) {
                columns.mean.push_back(Vector{0.5, 0.2, -0.2, 0.0}[j]);
                columns.unit.push_back(Vector{1.0, 2.0, 0.5, 1.0}[j]);
                columns.group.push_back(j == 0 ? ShrinkagePrior::kNone : 0);
            }
        return NoncenteredShrinkage({columns, horseshoe_scale(), {fixtures::kTau0}, fixtures::kSlab});
    }
};

// So coarse that a third of the proposals is rejected.
constexpr CoordinateScales::Table kCoarse{5, -5.0, 2.5};

std::shared_ptr<const Binomial> rows_of(const Vector& kappa, double of_row = 1.0) {
    const Vector trials(kappa.size(), of_row);
    return std::make_shared<Binomial>(trials.data(), kappa.data(), kappa.size());
}

}  // namespace

TEST_CASE("sums of sparse columns are those of the centred matrix, before changes and after") {
    const Sparse sparse;
    const SparseDesign design = sparse.design(rows_of({0.5, 0.5, -0.5, 0.5}));
    GaussianRows rows(design.likelihood().padded());
    for (std::size_t i = 0; i < Sparse::kRows; ++i) {
        rows.precision[i] = 0.2 + 0.1 * static_cast<double>(i);
        rows.linear[i] = 0.5 - 0.3 * static_cast<double>(i * i);
    }
    SparseColumns columns(design, rows);
    const auto check = [&] {
        for (std::size_t j = 0; j < Sparse::kColumns; ++j) {
            double square = 0.0, slope = 0.0;
            for (std::size_t i = 0; i < Sparse::kRows; ++i) {
                square += rows.precision[i] * sparse.entry(i, j) * sparse.entry(i, j);
                slope += rows.linear[i] * sparse.entry(i, j);
            }
            CHECK(columns.of(j + 1).square == doctest::Approx(square).epsilon(1e-13));
            CHECK(columns.of(j + 1).slope == doctest::Approx(slope).epsilon(1e-13));
        }
    };
    check();
    for (const auto& [coefficient, delta] : {std::pair<std::size_t, double>{1, 0.7}, {3, -2.0}, {1, 0.1}}) {
        columns.change(coefficient, delta);
        for (std::size_t i = 0; i < Sparse::kRows; ++i)
            rows.linear[i] -= delta * rows.precision[i] * sparse.entry(i, coefficient - 1);
        check();
    }
}

// A state from the prior, data from the state: moves given the data leave the state's law what it was. 60,000
// such pairs are independent; 21 or 45 means within 5.6 standard errors, a false alarm of 1e-6. `observe`
// draws rows given their linear predictors; coordinates of its extras come last, and are not drawn.
template <class Observe>
void check_joint_law(std::size_t predictors, const Vector& extras, std::uint64_t seed, Observe observe) {
    const Sparse sparse;
    const NoncenteredShrinkage prior = Sparse::prior(predictors);
    fixtures::Generator random(seed);
    constexpr std::size_t kRepetitions = 60000;
    fixtures::CoordinateMeans means;
    std::size_t moved = 0;
    for (std::size_t t = 0; t < kRepetitions; ++t) {
        Vector q = fixtures::draw_coordinates(prior, random);
        q.insert(q.end(), extras.begin(), extras.end());
        Vector beta(prior.coefficients()), work(prior.workspace()), eta(predictors * Sparse::kRows);
        prior.coefficients_at(q.data(), beta.data(), work.data());
        for (std::size_t k = 0; k < predictors; ++k) {
            const double* own = &beta[k * Sparse::kCoefficients];
            for (std::size_t i = 0; i < Sparse::kRows; ++i) {
                double& sum = eta[k * Sparse::kRows + i] = sparse.offset[i] + own[0];
                for (std::size_t j = 0; j < Sparse::kColumns; ++j) sum += own[j + 1] * sparse.entry(i, j);
            }
        }
        const SparseDesign design = sparse.design(observe(eta, random));
        const CoordinateScales scales(design, prior, kCoarse);
        const double before = q[prior.local_place(0)];
        for (int k = 0; k < 3; ++k) scales.move(q.data(), *random.bitgen());
        moved += q[prior.local_place(0)] != before;
        means.add(prior, q);
    }
    CHECK(moved > kRepetitions * 9 / 10);
    for (std::size_t f = 0; f < means.size(); ++f) {
        INFO("function " << f);
        CHECK(std::fabs(means.score(f)) < 5.6);
    }
}

TEST_CASE("scales one by one leave the joint law of coordinates and trials as it is") {
    constexpr int kTrials = 10;  // of a row
    check_joint_law(1, {}, 52, [](const Vector& eta, fixtures::Generator& random) {
        Vector kappa(eta.size(), -0.5 * kTrials);
        for (std::size_t i = 0; i < eta.size(); ++i)
            for (int k = 0; k < kTrials; ++k) kappa[i] += random.uniform() < 1.0 / (1.0 + std::exp(-eta[i]));
        return rows_of(kappa, kTrials);
    });
}

// A dispersion of 2 that is sampled elsewhere: counts are sums of two geometric ones.
TEST_CASE("scales one by one leave the joint law of coordinates and counts as it is") {
    check_joint_law(1, {std::log(2.0)}, 54, [](const Vector& eta, fixtures::Generator& random) {
        Vector counts(eta.size());
        const Vector weights(eta.size(), 1.0);
        for (std::size_t i = 0; i < eta.size(); ++i) {
            const double log_failure = -std::log1p(2.0 * std::exp(-eta[i]));
            for (int k = 0; k < 2; ++k) counts[i] += std::floor(std::log(random.uniform()) / log_failure);
        }
        const NegativeBinomial::DispersionPrior prior{2.0, 1.0, 0.0};
        return std::make_shared<const NegativeBinomial>(counts.data(), weights.data(), eta.size(), prior);
    });
}

// Of three classes, five trials a row: their coefficients have the same τ.
TEST_CASE("scales one by one leave the joint law of coordinates and classes as it is") {
    constexpr int kTrials = 5;
    check_joint_law(2, {}, 55, [](const Vector& eta, fixtures::Generator& random) {
        const std::size_t n = Sparse::kRows;
        Vector counts(2 * n);
        const Vector trials(n, kTrials);
        for (std::size_t i = 0; i < n; ++i) {
            const double largest = std::max({eta[i], eta[n + i], 0.0});
            const double one = std::exp(eta[i] - largest), other = std::exp(eta[n + i] - largest);
            for (int t = 0; t < kTrials; ++t) {
                const double place = random.uniform() * (one + other + std::exp(-largest));
                if (place < one + other) counts[place < one ? i : n + i] += 1.0;
            }
        }
        return std::make_shared<const Multinomial>(ClassCounts(counts.data(), trials.data(), n, 2));
    });
}

// 100 successes where 50 were to be expected call for an effect of a coefficient that is 0 nearly surely by
// its present scale.
TEST_CASE("a scale goes at once to where an effect is called for") {
    constexpr std::size_t kRows = 200;
    SparseRows matrix;
    matrix.columns = 1;
    Vector kappa(kRows, -0.5);
    for (std::size_t i = 0; i < kRows; ++i) {
        if (i < 100) matrix.push(0, 1.0);
        matrix.end_row();
        if (i < 100 || i % 2 == 0) kappa[i] = 0.5;
    }
    const Vector offset(kRows);
    const SparseDesign design(matrix, Vector(1), true, offset.data(), rows_of(kappa));
    const ShrinkagePrior::Columns columns{Vector(2), Vector(2, 1.0), {ShrinkagePrior::kNone, 0}};
    const NoncenteredShrinkage prior({columns, horseshoe_scale(), {1e-4}, {2.5, 0.0}});
    Vector q(prior.size());
    q[prior.tau_place(0)] = std::log(1e-4);
    fixtures::Generator random(53);
    CoordinateScales(design, prior, CoordinateScales::kTable).move(q.data(), *random.bitgen());
    CHECK(q[prior.local_place(0)] > std::log(1e3));
}
