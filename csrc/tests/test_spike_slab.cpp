#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "likelihood/binomial.hpp"
#include "linalg/dense.hpp"
#include "mcmc/included_columns.hpp"
#include "mcmc/indicator_update.hpp"
#include "mcmc/spike_slab_chain.hpp"
#include "terms/centred_rows.hpp"
#include "terms/spike_slab_prior.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

// A constant, which is never 0 and has a mean; four columns in a chain of correlations, which may be.
constexpr std::size_t kRows = 5, kColumns = 5;
constexpr double kDesign[kRows][kColumns] = {{1.0, 2.0, 1.8, 1.2, 0.3},
                                             {1.0, 0.1, 1.0, 1.5, 1.9},
                                             {1.0, -1.5, -1.1, -0.4, -0.8},
                                             {1.0, 0.4, -0.5, -1.0, -0.7},
                                             {1.0, -0.6, 0.4, 0.8, 1.1}};

SpikeSlabPrior make_prior(SpikeSlabPrior::Inclusion inclusion, SpikeSlabPrior::Slab slab) {
    return {{{0.3, 0.0, 0.0, 0.0, 0.0}, {0.8, 1.0, 2.0, 0.5, 1.0}, {false, true, true, true, true}},
            inclusion,
            slab};
}

struct Small {
    explicit Small(const SpikeSlabPrior& belief, Vector of_rows = Vector(kRows, 0.5))
        : kappa(std::move(of_rows)), rows(trials.data(), kappa.data(), kRows), prior(belief) {}
    LinearModel model() const {
        return {{&kDesign[0][0], kRows, kColumns, false},
                Vector(kPanelRows, 0.1),
                rows,
                prior,
                reference::blas()};
    }

    const Vector trials = Vector(kRows, 1.0);
    const Vector kappa;
    Binomial rows;
    SpikeSlabPrior prior;
};

// Of a set of columns, given pseudo-data: log of its prior probability and ∫N(γ; 0, S²) e^{rᵀγ − ½ γᵀGγ} dγ.
double log_evidence(const SpikeSlabPrior& prior, const GaussianRows& rows, unsigned set, double log_prior) {
    std::vector<std::size_t> in{0};
    for (std::size_t j = 1; j < kColumns; ++j)
        if (set & 1u << (j - 1)) in.push_back(j);
    const std::size_t q = in.size();
    Vector matrix(q * q), shift(q);
    for (std::size_t a = 0; a < q; ++a) {
        const double s = prior.deviation(in[a]);
        for (std::size_t i = 0; i < kRows; ++i) {
            shift[a] += s * rows.linear[i] * kDesign[i][in[a]];
            for (std::size_t b = 0; b < q; ++b)
                matrix[a * q + b] +=
                    s * prior.deviation(in[b]) * rows.precision[i] * kDesign[i][in[a]] * kDesign[i][in[b]];
        }
        matrix[a * q + a] += 1.0;
    }
    REQUIRE(cholesky(reference::blas(), matrix.data(), q).ok());
    solve_lower(reference::blas(), matrix.data(), q, shift.data());
    double log = log_prior + 0.5 * dot(shift.data(), shift.data(), q);
    for (std::size_t a = 0; a < q; ++a) log -= std::log(matrix[a * q + a]);
    return log;
}

GaussianRows pseudo_data() {
    GaussianRows rows(kPanelRows);
    const double precision[] = {0.9, 1.4, 0.7, 1.1, 0.5}, linear[] = {1.6, 0.6, -0.9, -0.3, 0.2};
    std::copy_n(precision, kRows, rows.precision.begin());
    std::copy_n(linear, kRows, rows.linear.begin());
    return rows;
}

Vector deviations(const SpikeSlabPrior& prior) {
    Vector all(kColumns);
    for (std::size_t j = 0; j < kColumns; ++j) all[j] = prior.deviation(j);
    return all;
}

std::vector<std::size_t> columns_in(const SpikeSlabPrior& prior) {
    std::vector<std::size_t> in;
    for (std::size_t j = 0; j < kColumns; ++j)
        if (prior.in(j)) in.push_back(j);
    return in;
}

}  // namespace

// Bayes factors of all sets against what is told of single columns, in any order of coming in and leaving.
TEST_CASE("evidence of a column, the others integrated out") {
    const SpikeSlabPrior prior = make_prior({}, {1.3, {}});
    const Small small(prior);
    const CentredRows rows(small.model(), prior.columns().mean);
    IncludedColumns included(rows);
    const GaussianRows data = pseudo_data();
    const auto log = [&](unsigned set) { return log_evidence(prior, data, set, 0.0); };
    REQUIRE(included.assign(data, {0, 2}, deviations(prior)).ok());
    REQUIRE(included.add(4).ok());
    REQUIRE(included.add(1).ok());
    included.remove(included.position(2));
    const unsigned with = 0b1001;  // columns 1 and 4
    CHECK(included.of(2).log_factor() == doctest::Approx(log(with | 2u) - log(with)).epsilon(1e-10));
    CHECK(included.of(3).log_factor() == doctest::Approx(log(with | 4u) - log(with)).epsilon(1e-10));
    CHECK(included.of_included(included.position(4)).log_factor() ==
          doctest::Approx(log(with) - log(1u)).epsilon(1e-10));
    CHECK(included.in_place_of(included.position(1), 3).log_factor() ==
          doctest::Approx(log(0b1100) - log(0b1000)).epsilon(1e-10));
}

// The 16 sets of four columns against enumeration: 200,000 updates, means of 50 batches within 7 standard
// errors, a false alarm of 2e-7 for all by Student's t distribution.
TEST_CASE("sets of columns given pseudo-data") {
    constexpr std::size_t kUpdates = 200000, kBatches = 50, kSets = 16;
    for (const bool known : {true, false}) {
        SpikeSlabPrior prior = make_prior({0.3, known ? 0.0 : 0.7, known ? 0.0 : 1.6}, {1.3, {}});
        const Small small(prior);
        const CentredRows rows(small.model(), prior.columns().mean);
        const IndicatorUpdate update(rows, prior, 1);
        const GaussianRows data = pseudo_data();
        fixtures::Generator random(71);
        IncludedColumns included(rows);
        std::vector<fixtures::BatchMeans> shares(kSets);
        for (std::size_t batch = 0; batch < kBatches; ++batch) {
            Vector counts(kSets);
            for (std::size_t t = 0; t < kUpdates / kBatches; ++t) {
                REQUIRE(included.assign(data, columns_in(prior), deviations(prior)).ok());
                REQUIRE(update.run(included, prior, *random.bitgen()).ok());
                unsigned set = 0;
                for (std::size_t j = 1; j < kColumns; ++j) set |= prior.in(j) ? 1u << (j - 1) : 0u;
                counts[set] += static_cast<double>(kBatches) / kUpdates;
            }
            for (std::size_t set = 0; set < kSets; ++set) shares[set].add(counts[set]);
        }
        Vector exact(kSets);
        double total = 0.0;
        for (unsigned set = 0; set < kSets; ++set) {
            double in = 0.0;
            for (unsigned j = 0; j < 4; ++j) in += set >> j & 1u;
            const double log_prior = known ? in * std::log(0.3) + (4.0 - in) * std::log(0.7)
                                           : std::lgamma(0.7 + in) + std::lgamma(1.6 + 4.0 - in);
            total += exact[set] = std::exp(log_evidence(prior, data, set, log_prior));
        }
        for (std::size_t set = 0; set < kSets; ++set) {
            INFO(known << " " << set);
            CHECK(std::fabs(shares[set].mean() - exact[set] / total) <
                  6.0 * std::sqrt(shares[set].variance()));
        }
    }
}

namespace {

double beta_variate(double a, double b, fixtures::Generator& random) {  // Jöhnk's, for a, b below 2 or so
    for (;;) {
        const double x = std::pow(random.uniform(), 1.0 / a), y = std::pow(random.uniform(), 1.0 / b);
        if (x + y <= 1.0 && x + y > 0.0) return x / (x + y);
    }
}

// From the prior: deviations, then τ, π and indicators, as a chain visits them.
std::vector<Vector> draw_prior(SpikeSlabPrior& prior, double a, double b, double scale,
                               fixtures::Generator& random) {
    Vector scales{-scale * std::log1p(-random.uniform()), beta_variate(a, b, random)};
    for (std::size_t j = 1; j < kColumns; ++j) scales.push_back(random.uniform() < scales[1] ? 1.0 : 0.0);
    prior.set_scales(scales.data());
    Vector gamma(kColumns);
    for (std::size_t j = 0; j < kColumns; ++j)
        gamma[j] = prior.in(j) ? prior.deviation(j) * random.normal() : 0.0;
    return {gamma, scales, {}};
}

}  // namespace

// A state from the prior, data from the state: sweeps given the data leave the state's law what it was.
// 60,000 such pairs are independent; 34 means within 5.6 standard errors, a false alarm of 7e-7.
TEST_CASE("sweeps leave the joint law of coefficients, indicators, scales and data as it is") {
    constexpr std::size_t kRepetitions = 60000;
    constexpr double kA = 0.8, kB = 1.4, kScale = 1.5, kShare = kA / (kA + kB);
    const SpikeSlabPrior belief =
        make_prior({0.0, kA, kB}, {0.0, ScalePrior{ScalePrior::Family::exponential, 0.0, kScale}});
    fixtures::Generator random(72);
    Vector sums, squares, expected;
    double changed = 0.0;
    for (std::size_t t = 0; t < kRepetitions; ++t) {
        SpikeSlabPrior prior(belief);
        const std::vector<Vector> state = draw_prior(prior, kA, kB, kScale, random);
        Vector kappa(kRows);
        for (std::size_t i = 0; i < kRows; ++i) {
            double eta = 0.1;
            for (std::size_t j = 0; j < kColumns; ++j)
                eta += kDesign[i][j] * (state[0][j] + belief.columns().mean[j]);
            kappa[i] = random.uniform() < 1.0 / (1.0 + std::exp(-eta)) ? 0.5 : -0.5;
        }
        const Small small(belief, kappa);
        const CentredRows rows(small.model(), belief.columns().mean);
        const IndicatorUpdate update(rows, belief, 1);
        SpikeSlabChain chain(rows, belief, update, *random.bitgen());
        std::size_t part = 0;
        chain.visit([&](double* numbers, std::size_t size) {
            REQUIRE(size == state[part].size());
            std::copy(state[part].begin(), state[part].end(), numbers);
            ++part;
        });
        chain.restored();
        REQUIRE(chain.rebuild().ok());
        REQUIRE(chain.sweep().ok());
        Vector beta(kColumns), values;
        chain.coefficients(beta.data());
        const Vector scales = chain.prior().scales();
        changed += scales[2] != state[1][2];
        expected.clear();
        const auto note = [&](double value, double mean) {
            values.push_back(value);
            expected.push_back(mean);
        };
        const double tau = 1.0 - std::exp(-scales[0] / kScale), pi = scales[1];  // uniform, beta
        note(tau, 0.5);
        note(tau * tau, 1.0 / 3.0);
        note(pi, kShare);
        note(pi * pi, kShare * (kA + 1.0) / (kA + kB + 1.0));
        note(tau * pi, 0.5 * kShare);
        const double constant = (beta[0] - 0.3) * 0.8;
        note(constant, 0.0);
        note(constant * constant, 1.0);
        note(constant * constant * tau, 0.5);
        Vector z(kColumns);
        for (std::size_t j = 1; j < kColumns; ++j) {
            const double in = scales[1 + j];
            z[j] = (beta[j] - belief.columns().mean[j]) * belief.columns().unit[j] / scales[0];
            REQUIRE((z[j] != 0.0) == (in != 0.0));
            note(in, kShare);
            note(in * pi, kShare * (kA + 1.0) / (kA + kB + 1.0));
            note(z[j], 0.0);
            note(z[j] * z[j], kShare);
            note(z[j] * z[j] * tau, 0.5 * kShare);
        }
        for (std::size_t j = 1; j + 1 < kColumns; ++j) note(z[j] * z[j + 1], 0.0);
        for (std::size_t j = 1; j + 1 < kColumns; ++j)
            note(scales[1 + j] * scales[2 + j], kShare * (kA + 1.0) / (kA + kB + 1.0));
        sums.resize(values.size());
        squares.resize(values.size());
        for (std::size_t f = 0; f < values.size(); ++f) {
            sums[f] += values[f];
            squares[f] += values[f] * values[f];
        }
    }
    CHECK(changed > kRepetitions / 5);
    for (std::size_t f = 0; f < sums.size(); ++f) {
        const double mean = sums[f] / kRepetitions, square = squares[f] / kRepetitions;
        INFO("function " << f);
        CHECK(std::fabs(mean - expected[f]) < 5.6 * std::sqrt((square - mean * mean) / kRepetitions));
    }
}
