#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "likelihood/binomial.hpp"
#include "likelihood/registry.hpp"
#include "math/exponential_integral.hpp"
#include "mcmc/collapsed_scales.hpp"
#include "mcmc/column_scaling.hpp"
#include "mcmc/make_linear_sampler.hpp"
#include "mcmc/moving_rows.hpp"
#include "mcmc/shrinkage_sampler.hpp"
#include "terms/local_scale.hpp"
#include "terms/shrinkage_prior.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

constexpr double kPi = 3.14159265358979323846;

// The integrand over log λ of the density of x = β/τ, b = x²/2, without e^{−b r²}.
double integrand(const LocalScale& local, double b, double r, double log_lambda) {
    const double precision = std::exp(-2.0 * log_lambda);
    return std::sqrt(precision + r * r) * std::exp(-b * precision + local.log_density(log_lambda));
}

double integral(const std::function<double(double)>& of, double low, double high) {
    constexpr int kSteps = 40000;
    double sum = 0.0;
    for (int i = 0; i <= kSteps; ++i)
        sum += of(low + (high - low) * i / kSteps) * (i == 0 || i == kSteps ? 0.5 : 1.0);
    return sum * (high - low) / kSteps;
}

struct Case {
    const char* name;
    std::shared_ptr<const LocalScale> local;
    double r;
};
std::vector<Case> cases() {
    return {{"laplace", laplace_scale(), 0.0},
            {"student", student_scale(3.0), 0.0},
            {"horseshoe", horseshoe_scale(), 0.0},
            {"slab", horseshoe_scale(), 0.1},
            {"narrow slab", horseshoe_scale(), 3.0}};
}

// Means against expectations in standard errors, by means of batches; a row for each function.
double worst_z(const std::vector<std::vector<double>>& values, const std::vector<double>& expected) {
    constexpr std::size_t kBatches = 50;
    double worst = 0.0;
    for (std::size_t f = 0; f < values.size(); ++f) {
        const std::size_t size = values[f].size() / kBatches;
        double sum = 0.0, squares = 0.0;
        for (std::size_t batch = 0; batch < kBatches; ++batch) {
            double mean = 0.0;
            for (std::size_t i = 0; i < size; ++i)
                mean += values[f][batch * size + i] / static_cast<double>(size);
            sum += mean;
            squares += mean * mean;
        }
        const double mean = sum / kBatches, variance = squares / kBatches - mean * mean;
        worst = std::max(worst, std::fabs(mean - expected[f]) / std::sqrt(variance / (kBatches - 1)));
    }
    return worst;
}

// Half-Cauchy of median 1 into uniform.
double uniform_of(double half_cauchy) {
    return 2.0 / kPi * std::atan(half_cauchy);
}

}  // namespace

TEST_CASE("the exponential integral") {
    for (const double x : {1e-8, 0.01, 0.5, 1.0, 1.0001, 3.0, 40.0}) {
        const double exact = integral(
            [&](double t) { return std::exp(t - x * std::exp(t)) / (1.0 + std::exp(t)); }, -45.0, 45.0);
        CHECK(scaled_exponential_integral(x) == doctest::Approx(exact).epsilon(1e-9));
    }
}

// Ratios of densities at two x, for constants are left out.
TEST_CASE("densities of coefficients are integrals over their scales") {
    for (const Case& one : cases()) {
        INFO(std::string(one.name));
        const auto exact = [&](double b) {
            return std::log(
                integral([&](double t) { return integrand(*one.local, b, one.r, t); }, -60.0, 60.0));
        };
        for (const double b : {1e-6, 0.02, 0.9, 1.2, 30.0}) {
            const double difference = one.local->log_marginal(b, one.r) - one.local->log_marginal(0.3, one.r);
            CHECK(difference == doctest::Approx(exact(b) - exact(0.3)).epsilon(1e-7));
        }
    }
}

// 100,000 draws, the distribution function at three points: |z| < 5.5 for 60 comparisons.
TEST_CASE("scales given a coefficient are drawn from their distribution") {
    constexpr int kDraws = 100000;
    fixtures::Generator random(8);
    for (const Case& one : cases()) {
        for (const double b : {1e-5, 0.3, 1.5, 20.0}) {
            INFO(std::string(one.name) << " " << b);
            const auto density = [&](double t) { return integrand(*one.local, b, one.r, t); };
            const double whole = integral(density, -60.0, 60.0), middle = 0.5 * std::log(b);
            const double points[] = {middle - 0.5, middle + 0.3, middle + 1.5};
            int below[3] = {};
            for (int i = 0; i < kDraws; ++i) {
                const double t = 0.5 * std::log(one.local->draw_square(b, one.r, *random.bitgen()));
                for (int k = 0; k < 3; ++k) below[k] += t < points[k];
            }
            for (int k = 0; k < 3; ++k) {
                const double p = integral(density, -60.0, points[k]) / whole;
                const double error = std::sqrt(std::max(p * (1.0 - p), 1e-4) / kDraws);
                CHECK(std::fabs(below[k] / static_cast<double>(kDraws) - p) < 5.5 * error);
            }
        }
    }
}

// 1/(2λ²) is a tilted stable variable: its Laplace transform at s is exp(|x|^a − (x² + s)^{a/2}).
TEST_CASE("scales of a bridge") {
    constexpr int kDraws = 100000;
    fixtures::Generator random(9);
    for (const double exponent : {0.25, 0.7, 1.0, 1.6}) {
        for (const double b : {1e-4, 0.4, 9.0}) {
            for (const double s : {0.3, 4.0}) {
                INFO(exponent << " " << b << " " << s);
                const auto local = bridge_scale(exponent);
                double sum = 0.0, squares = 0.0;
                for (int i = 0; i < kDraws; ++i) {
                    const double value = std::exp(-0.5 * s / local->draw_square(b, 0.0, *random.bitgen()));
                    sum += value;
                    squares += value * value;
                }
                const double half = 0.5 * exponent, mean = sum / kDraws;
                const double exact = std::exp(std::pow(2.0 * b, half) - std::pow(2.0 * b + s, half));
                const double error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
                CHECK(std::fabs(mean - exact) < 5.5 * error);
            }
        }
    }
}

namespace {

// Two coefficients and an intercept; shrunk ones in a group each, with a slab that is sampled.
struct Small {
    explicit Small(std::uint64_t seed, Vector group = {-1.0, 0.0, 1.0}, Vector slab = {1.5, 5.0})
        : problem(fixtures::make_problem(6, 3, seed)) {
        for (std::size_t i = 0; i < problem.n; ++i) problem.design[3 * i] = 1.0;
        for (std::size_t i = 0; i < 5; ++i) problem.design[3 * i + 2] = -1.5;  // of most rows
        set_responses();
        Vector tau0{0.6, 0.8};
        if (group[2] == 0.0) tau0.pop_back();
        prior = Registry<Prior>::find("horseshoe")
                    ->make(3, {{0.2, 0.0, 0.0}, {1.0, 1.0, 2.0}, group, tau0, slab, {0.0}});
    }
    void set_responses() {
        rows = std::make_unique<Binomial>(problem.shape.data(), problem.kappa.data(), problem.n);
    }
    LinearModel model() const {
        return {{problem.design.data(), problem.n, 3, false},
                Vector(rows->padded()),
                *rows,
                *prior,
                reference::blas()};
    }
    // y given coefficients.
    void simulate(const double* beta, fixtures::Generator& random) {
        for (std::size_t i = 0; i < problem.n; ++i) {
            double eta = 0.0;
            for (std::size_t j = 0; j < 3; ++j) eta += problem.design[3 * i + j] * beta[j];
            problem.kappa[i] = (random.uniform() < 1.0 / (1.0 + std::exp(-eta)) ? 0.5 : -0.5);
            problem.shape[i] = 1.0;
        }
        set_responses();
    }

    fixtures::Problem problem;
    std::unique_ptr<Binomial> rows;
    std::unique_ptr<Prior> prior;
};

}  // namespace

// λ₁ and λ₂ alternate, all coefficients integrated out: the density of both by quadrature.
TEST_CASE("local scales given pseudo-data, coefficients integrated out") {
    constexpr std::size_t kDraws = 200000;
    Small small(31, {-1.0, 0.0, 0.0}, {4.0, 0.0});
    for (std::size_t i = 0; i < small.problem.n;
         ++i) {  // what is said of one coefficient depends on the other
        double* row = &small.problem.design[3 * i];
        row[2] = 0.9 * row[1] + 0.3 * row[2];
    }
    const LinearModel linear = small.model();
    const ShrunkModel model(linear);
    GaussianRows rows(model.likelihood.padded());
    for (std::size_t i = 0; i < small.problem.n; ++i) {
        rows.precision[i] = 1.0 + 0.5 * static_cast<double>(i);
        rows.linear[i] = 2.0 * small.problem.design[3 * i + 1] + std::sin(1.0 + static_cast<double>(i));
    }
    ShrunkGram gram(3);
    gram.assign(model, rows);
    ShrinkagePrior prior(model.prior);
    ShrunkFactor factor(3, linear.blas);
    const auto variances = [&] { return Vector{prior.variance(0), prior.variance(1), prior.variance(2)}; };
    const auto log_density = [&](const double* log_lambda) {
        double sum = 0.0;
        for (std::size_t k = 0; k < 2; ++k) {
            prior.set_square(k + 1, std::exp(2.0 * log_lambda[k]));
            sum += prior.local().log_density(log_lambda[k]);
        }
        REQUIRE(factor.assign(gram, variances()).ok());
        return sum + factor.log_normalizer();
    };
    const fixtures::Moments exact = fixtures::quadrature(log_density, {{0.0, 0.0}, {16.0, 16.0}});
    fixtures::Generator random(32);
    CollapsedScales collapsed(linear.blas, *random.bitgen());
    std::vector<double> draws;
    for (std::size_t i = 0; i < kDraws; ++i) {
        REQUIRE(factor.assign(gram, variances()).ok());
        collapsed.update(gram, factor,
                         i % 2 == 0 ? std::vector<std::size_t>{1, 2} : std::vector<std::size_t>{2, 1}, prior);
        for (const std::size_t j : {1, 2}) draws.push_back(0.5 * std::log(prior.squares()[j]));
    }
    CHECK(fixtures::worst_score(draws, 4, kDraws / 4, exact) < 6.0);
}

TEST_CASE("noise and deviations of a factor are inverse to each other") {
    const Small small(33);
    const LinearModel linear = small.model();
    const ShrunkModel model(linear);
    GaussianRows rows(model.likelihood.padded());
    std::fill_n(rows.precision.begin(), small.problem.n, 0.25);
    ShrunkGram gram(3);
    gram.assign(model, rows);
    ShrunkFactor factor(3, linear.blas);
    REQUIRE(factor.assign(gram, {1.0, 1e-30, 1e20}).ok());
    const double u[] = {0.3, -1.2, 0.8};
    double gamma[3], back[3];
    factor.coefficients(u, gamma);
    factor.whiten(gamma, back);
    for (std::size_t j = 0; j < 3; ++j) CHECK(back[j] == doctest::Approx(u[j]).epsilon(1e-9));
}

// Where the other coefficient is held at 0 they are G_jj and r_j, whatever the variance of one's own.
TEST_CASE("pseudo-data of a column lose no digits to its scale") {
    const Small small(33);
    const LinearModel linear = small.model();
    const ShrunkModel model(linear);
    GaussianRows rows(model.likelihood.padded());
    std::fill_n(rows.precision.begin(), small.problem.n, 0.25);
    std::fill_n(rows.linear.begin(), small.problem.n, 0.7);
    ShrunkGram gram(3);
    gram.assign(model, rows);
    ShrunkFactor factor(3, linear.blas);
    fixtures::Generator random(34);
    CollapsedScales collapsed(linear.blas, *random.bitgen());
    for (const double own : {1e-60, 1e-12, 1.0, 1e12, 1e60}) {
        REQUIRE(factor.assign(gram, {1e-90, own, 1e-90}).ok());
        ColumnPseudoData said{Vector(3), Vector(3)};
        collapsed.add_pseudo_data(gram, factor, {1}, said);
        CHECK(said.precision[1] == doctest::Approx(gram.matrix[4]).epsilon(1e-9));
        CHECK(said.linear[1] == doctest::Approx(gram.linear[1]).epsilon(1e-9));
    }
}

TEST_CASE("rows that a coefficient moves while the intercept makes up for the value that most have") {
    const Small small(33);
    const LinearModel linear = small.model();
    const ShrunkModel model(linear);
    REQUIRE(model.uncommon.intercept == 0);
    REQUIRE(model.uncommon.columns[2].rows == std::vector<std::uint32_t>{5});
    CHECK(model.uncommon.columns[1].rows.empty());
    Vector gamma{0.3, -0.2, 0.9}, eta(model.likelihood.padded()), changed(eta.size());
    predictors_at(model, gamma.data(), eta);
    for (const std::size_t j : {1, 2}) {
        MovingRows rows(model, j, *model.likelihood.polya_gamma(), eta);
        CHECK(rows.of_intercept() == (j == 1 ? 0.0 : 1.5));
        Vector other(gamma);
        other[j] += 0.7;
        other[0] += 0.7 * rows.of_intercept();
        predictors_at(model, other.data(), changed);
        const double difference = log_likelihood_at(model.likelihood, nullptr, changed) -
                                  log_likelihood_at(model.likelihood, nullptr, eta);
        CHECK(rows.log_likelihood(0.7) - rows.log_likelihood(0.0) == doctest::Approx(difference));
        Vector moved(eta);
        rows.move(0.7, moved);
        for (std::size_t i = 0; i < small.problem.n; ++i)
            CHECK(moved[i] == doctest::Approx(changed[i]).epsilon(1e-12));
    }
}

// Parameters from the prior, data given them, some moves: the parameters still have the prior. 30,000 times
// anew, |z| < 6.5 with 49 degrees of freedom.
TEST_CASE("scaling columns leaves the joint law of coefficients, scales and data invariant") {
    constexpr std::size_t kTimes = 30000, kMoves = 6;
    Small small(61, {-1.0, 0.0, 0.0}, {1.5, 0.0});
    fixtures::Generator random(62);
    std::vector<std::vector<double>> values(12);
    for (std::size_t time = 0; time < kTimes; ++time) {
        ShrinkagePrior prior(*small.prior->shrinkage());
        double beta[3] = {0.2 + random.normal(), 0.0, 0.0};
        for (const std::size_t j : {1, 2}) {
            prior.set_square(j, std::pow(std::tan(0.5 * kPi * random.uniform()), 2.0));
            beta[j] = std::sqrt(prior.variance(j)) * random.normal();
        }
        small.simulate(beta, random);
        const LinearModel linear = small.model();
        const ShrunkModel model(linear);
        const ColumnScaling scaling(model);
        REQUIRE(scaling.turn(2) > 0.2);
        Vector gamma{beta[0] - 0.2, beta[1], beta[2]}, eta(model.likelihood.padded());
        predictors_at(model, gamma.data(), eta);
        for (std::size_t i = 0; i < kMoves; ++i)
            scaling.move(*model.likelihood.polya_gamma(), prior, gamma, eta, *random.bitgen());
        std::size_t f = 0;
        const auto note = [&](double value) {
            values[f++].push_back(value);
            values[f++].push_back(value * value);
        };
        note(gamma[0]);
        for (const std::size_t j : {1, 2}) {
            note(gamma[j] / std::sqrt(prior.variance(j)));
            note(uniform_of(std::sqrt(prior.squares()[j])));
        }
        values[f++].push_back(gamma[0] * gamma[2] / std::sqrt(prior.variance(2)));
        predictors_at(model, gamma.data(), eta);
        values[f].push_back((small.problem.kappa[0] - 0.5 * std::tanh(0.5 * eta[0])) * eta[0]);
    }
    const double third = 1.0 / 3.0;
    CHECK(worst_z(values, {0.0, 1.0, 0.0, 1.0, 0.5, third, 0.0, 1.0, 0.5, third, 0.0, 0.0}) < 6.5);
}

TEST_CASE("coefficients that move slowly take more turns with their scales, others fewer") {
    const Small small(33);
    const LinearModel linear = small.model();
    const ShrunkModel model(linear);
    ColumnScaling scaling(model);
    const double before = scaling.turn(1);
    REQUIRE(before > 0.0);
    REQUIRE(before < 1.0);
    CHECK(scaling.turn(0) == 0.0);  // not shrunk
    const auto see = [&](int sweeps) {
        for (int t = 0; t < sweeps; ++t) scaling.see({0.0, t % 100 < 50 ? 1.0 : -1.0, t & 2 ? 1.0 : -1.0});
        scaling.learn();
    };
    see(19);
    CHECK(scaling.turn(1) == before);
    see(400);
    CHECK(scaling.turn(0) == 0.0);
    CHECK(scaling.turn(1) == 1.0);
    CHECK(scaling.turn(2) == 0.0);
    see(400);
    CHECK(scaling.turn(2) == 0.0);
}

// Data given coefficients and one sweep given data, in turn, keep the prior (Geweke 2004): means and mean
// squares of uniform and normal functions of all parameters, 30,000 sweeps, |z| < 6.5 with 49 degrees of
// freedom.
TEST_CASE("the joint law of coefficients, scales and data") {
    constexpr std::size_t kSweeps = 30000, kTune = 200;
    constexpr std::size_t kFunctions = 15;
    // Augmentation, the same with local scales given ω, transitions, the same with τ given coefficients.
    for (const int kind : {0, 1, 2, 3}) {
        INFO("kind " << kind);
        Small small(35);
        fixtures::Generator random(36), data(37);
        double beta[3] = {0.2, 0.1, 0.1}, parameters[5];
        Outputs outputs;
        outputs.add("beta", {beta, 0, 0});  // of the last sweep
        outputs.add("parameters", {parameters, 0, 0});
        State state;
        {
            LinearModel model = small.model();
            ShrinkageSampler sampler(model, {random.bitgen()}, {TransitionKernel::automatic, kTune});
            REQUIRE(sampler.start(nullptr).ok());
            for (std::size_t done = 0; done < kTune;) {
                const std::size_t count = sampler.left_in_window(done);
                REQUIRE(sampler.advance(0, {done, count}, outputs).status.ok());
                done += count;
                REQUIRE(sampler.finish_window(done).ok());
            }
            state = sampler.state();
            Vector& numbers = state["latent"];
            REQUIRE(numbers[numbers.size() - 5] == 2.0);
            numbers[numbers.size() - 5] = std::min(kind, 2);
            numbers.back() = kind == 3 ? 1.0 : 0.0;
        }
        std::vector<std::vector<double>> values(kFunctions);
        for (std::size_t sweep = 0; sweep < kSweeps; ++sweep) {
            small.simulate(beta, data);
            LinearModel model = small.model();
            ShrinkageSampler sampler(model, {random.bitgen()}, {TransitionKernel::automatic, kTune});
            REQUIRE(sampler.restore(state, kTune));
            REQUIRE(sampler.rebuild().ok());
            REQUIRE(sampler.advance(0, {kTune + sweep, 1}, outputs).status.ok());
            state = sampler.state();
            const double *tau = parameters, slab = parameters[2], *lambda = parameters + 3;
            const double units[] = {1.0, 2.0}, tau0[] = {0.6, 0.8};
            std::size_t f = 0;
            const auto note = [&](double value) {
                values[f++].push_back(value);
                values[f++].push_back(value * value);
            };
            note(beta[0] - 0.2);
            for (std::size_t k = 0; k < 2; ++k) {
                const double free = tau[k] * lambda[k];
                note(beta[k + 1] * units[k] * std::sqrt(1.0 / (free * free) + 1.0 / (slab * slab)));
                note(uniform_of(tau[k] / tau0[k]));
                note(uniform_of(lambda[k]));
            }
            values[f].push_back(1.0 / (slab * slab));
        }
        const double third = 1.0 / 3.0;
        CHECK(worst_z(values, {0.0, 1.0, 0.0, 1.0, 0.5, third, 0.5, third, 0.0, 1.0, 0.5, third, 0.5, third,
                               1.0 / 2.25}) < 6.5);
    }
}

TEST_CASE("models of many rows are sampled by transitions, and settings that do not fit are told") {
    const Small small(38);
    const LinearModel model = small.model();
    fixtures::Generator random(39);
    CHECK(ShrinkageSampler::suits(model));
    const auto sampler = make_linear_sampler(model, nullptr, {random.bitgen()}, {});
    CHECK(dynamic_cast<ShrinkageSampler*>(sampler.get()) != nullptr);
    const auto* horseshoe = Registry<Prior>::find("horseshoe");
    CHECK(horseshoe->make(1, {{0.0}, {1.0}, {1.0}, {1.0}, {0.0, 0.0}, {0.0}}) == nullptr);
    CHECK(horseshoe->make(1, {{0.0}, {1.0}, {0.0}, {1.0}, {0.0, 0.0}, {}}) == nullptr);
}
