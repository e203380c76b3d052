#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "linalg/dense.hpp"
#include "mcmc/additive_sampler.hpp"
#include "mcmc/chains.hpp"
#include "terms/additive_gram.hpp"
#include "terms/additive_rows.hpp"
#include "terms/arrow_factor.hpp"
#include "tests/additive_fixtures.hpp"

using namespace polyagamma;

namespace {

// A (rows, size), column by column.
std::vector<double> dense_design(const AdditiveDesign& design) {
    const std::size_t n = design.rows(), d = design.size();
    std::vector<double> dense(n * d), unit(d), column(padded_rows(n));
    for (std::size_t j = 0; j < d; ++j) {
        std::fill(unit.begin(), unit.end(), 0.0);
        unit[j] = 1.0;
        design.multiply(unit.data(), 0, n, column.data());
        for (std::size_t i = 0; i < n; ++i) dense[i * d + j] = column[i];
    }
    return dense;
}

// Q(θ) and log |Q|, with the precision of the coefficients, from their definition.
std::vector<double> dense_prior(const AdditivePrior& prior, const double* theta) {
    std::vector<double> q(prior.size() * prior.size());
    for (std::size_t k = 0; k < prior.blocks().size(); ++k) {
        const EffectBlock& block = prior.blocks()[k];
        const std::size_t size = block.scales ? block.columns : block.levels;
        Vector lambda = block.precision;
        if (block.scales) {
            lambda.resize(size * size);
            block.scales->precision(theta + prior.first_theta(k), lambda.data());
        }
        for (std::size_t level = 0; level < block.size() / size; ++level)
            for (std::size_t a = 0; a < size; ++a)
                for (std::size_t b = 0; b < size; ++b)
                    q[(prior.first(k) + level * size + a) * prior.size() + prior.first(k) + level * size +
                      b] = lambda[a * size + b];
    }
    return q;
}

struct Pseudo {
    explicit Pseudo(const AdditiveModel& model) : rows(model.likelihood.padded()), gram(model.design) {
        for (std::size_t i = 0; i < model.design.rows(); ++i) {
            rows.precision[i] = 0.2 + 0.1 * static_cast<double>(i % 5);
            rows.linear[i] = std::sin(static_cast<double>(i));
        }
        gram.assign(rows.precision.data(), rows.linear.data());
    }
    GaussianRows rows;
    AdditiveGram gram;
};

struct Dense {
    Vector p, r, mean;
    double log_normalizer;  // ½ log|Q| − ½ log|P| + ½ rᵀP⁻¹r
};

Dense dense_conditional(const AdditiveModel& model, const Pseudo& pseudo, const double* theta) {
    const std::size_t n = model.design.rows(), d = model.design.size();
    const std::vector<double> a = dense_design(model.design), q = dense_prior(model.prior, theta);
    Dense dense{Vector(q.begin(), q.end()), Vector(d), {}, 0.0};
    model.prior.add_linear(dense.r.data());
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < d; ++j) {
            dense.r[j] += pseudo.rows.linear[i] * a[i * d + j];
            for (std::size_t k = 0; k < d; ++k)
                dense.p[j * d + k] += pseudo.rows.precision[i] * a[i * d + j] * a[i * d + k];
        }
    Vector factor = dense.p, of_prior(q.begin(), q.end());
    REQUIRE(cholesky(reference::blas(), factor.data(), d).ok());
    REQUIRE(cholesky(reference::blas(), of_prior.data(), d).ok());
    dense.mean = dense.r;
    solve_lower(reference::blas(), factor.data(), d, dense.mean.data());
    solve_lower_transposed(reference::blas(), factor.data(), d, dense.mean.data());
    dense.log_normalizer = 0.5 * dot(dense.r.data(), dense.mean.data(), d);
    for (std::size_t j = 0; j < d; ++j)
        dense.log_normalizer += std::log(of_prior[j * (d + 1)]) - std::log(factor[j * (d + 1)]);
    return dense;
}

const Vector kTheta{-0.2, 0.3, 0.5, -0.6}, kOther{0.4, -0.3, -0.2, 0.2};

}  // namespace

TEST_CASE("rows are arranged by the factor with most levels, and equal ones merged") {
    fixtures::AdditiveProblem problem(60, 5);
    for (std::size_t e = problem.matrix.start[3]; e < problem.matrix.start[4]; ++e) {
        problem.matrix.index[e + 5] = problem.matrix.index[e];  // row 4 becomes row 3
        problem.matrix.value[e + 5] = problem.matrix.value[e];
    }
    problem.offset[4] = problem.offset[3];
    const fixtures::OwnedAdditive owned(problem);
    CHECK(owned.model.design.rows() == 59);
    CHECK(owned.rows.place[3] == owned.rows.place[4]);
    CHECK(owned.model.design.groups() == 5);
    std::vector<double> given(problem.matrix.columns), inner(given.size()), eta(64);
    for (std::size_t j = 0; j < given.size(); ++j) given[j] = std::cos(static_cast<double>(j));
    for (std::size_t k = 0, column = 0; k < problem.blocks.size(); ++k)
        for (std::size_t j = 0; j < problem.blocks[k].size(); ++j)
            inner[owned.model.prior.first(k) + j] = given[column++];
    owned.model.design.multiply(inner.data(), 0, 59, eta.data());
    for (std::size_t i = 0; i < 60; ++i) {
        double sum = 0.0;
        for (std::size_t e = problem.matrix.start[i]; e < problem.matrix.start[i + 1]; ++e)
            sum += problem.matrix.value[e] * given[static_cast<std::size_t>(problem.matrix.index[e])];
        CHECK(eta[owned.rows.place[i]] == doctest::Approx(sum).epsilon(1e-13));
    }
}

namespace {

// Groups of one column, which meet all of the rest: the intercepts of the problem without their slopes.
fixtures::AdditiveProblem without_slopes(fixtures::AdditiveProblem problem) {
    SparseRows matrix;
    matrix.columns = 2 + 5 + 3;
    for (std::size_t i = 0; i < problem.matrix.rows(); ++i) {
        for (std::size_t e = problem.matrix.start[i]; e < problem.matrix.start[i + 1]; ++e) {
            const auto column = static_cast<std::size_t>(problem.matrix.index[e]);
            if (column < 2) matrix.push(column, problem.matrix.value[e]);
            if (column >= 2 && column < 12 && column % 2 == 0) matrix.push(2 + (column - 2) / 2, 1.0);
            if (column >= 12) matrix.push(column - 5, problem.matrix.value[e]);
        }
        matrix.end_row();
    }
    problem.matrix = matrix;
    problem.blocks[1] = {5, 1, true, false, fixtures::half_normal_scales(1), {}, {}};
    return problem;
}

void check_arrow_factor(const AdditiveModel& model);

}  // namespace

TEST_CASE("the arrow factor is that of the dense precision") {
    const fixtures::AdditiveProblem slopes(60, 5), intercepts = without_slopes(slopes), sparse(60, 20, 60);
    for (const fixtures::AdditiveProblem* full : {&slopes, &intercepts}) {
        const fixtures::OwnedAdditive owned(*full);
        REQUIRE(owned.model.design.meets_all());
        check_arrow_factor(owned.model);
    }
    const fixtures::OwnedAdditive owned(sparse);
    REQUIRE_FALSE(owned.model.design.meets_all());
    check_arrow_factor(owned.model);
}

TEST_CASE("a group whose precision is not positive fails by its number") {
    const fixtures::OwnedAdditive owned(fixtures::AdditiveProblem(60, 5));
    const AdditiveModel& model = owned.model;
    Pseudo pseudo(model);
    for (std::size_t row = model.design.first_row(3); row < model.design.first_row(4); ++row)
        pseudo.rows.precision[row] = -10.0;
    pseudo.gram.assign(pseudo.rows.precision.data(), pseudo.rows.linear.data());
    ArrowFactor factor(model.design, model.prior, model.blas);
    const Status status = factor.assign(pseudo.gram, kTheta.data());
    CHECK(status.kind == Status::Kind::not_positive_definite);
    CHECK(status.index == 6);
}

namespace {

void check_arrow_factor(const AdditiveModel& model) {
    const Pseudo pseudo(model);
    const std::size_t d = model.design.size();
    ArrowFactor factor(model.design, model.prior, model.blas);
    double shift = 0.0;
    for (const Vector* theta : {&kTheta, &kOther}) {
        const Dense dense = dense_conditional(model, pseudo, theta->data());
        REQUIRE(factor.assign(pseudo.gram, theta->data()).ok());
        Vector zeros(d), x(d), u(d), back(d), h(d);
        factor.effects(zeros.data(), x.data());
        for (std::size_t j = 0; j < d; ++j) {
            CHECK(x[j] == doctest::Approx(dense.mean[j]).epsilon(1e-10));
            u[j] = std::sin(2.0 + static_cast<double>(j));
        }
        factor.effects(u.data(), x.data());
        factor.whiten(x.data(), back.data());
        double square = 0.0;  // (x − mean)ᵀ P (x − mean) = ‖u‖²
        for (std::size_t i = 0; i < d; ++i) {
            CHECK(back[i] == doctest::Approx(u[i]).epsilon(1e-10));
            for (std::size_t j = 0; j < d; ++j)
                square += (x[i] - dense.mean[i]) * dense.p[i * d + j] * (x[j] - dense.mean[j]);
        }
        CHECK(square == doctest::Approx(dot(u.data(), u.data(), d)).epsilon(1e-10));
        // L⁻¹ of P's product with a vector is Lᵀ times the vector.
        for (std::size_t i = 0; i < d; ++i) h[i] = dot(&dense.p[i * d], x.data(), d) - dense.r[i];
        factor.pull_back(h.data());
        for (std::size_t i = 0; i < d; ++i) CHECK(h[i] == doctest::Approx(u[i]).epsilon(1e-9));
        const double difference = factor.log_normalizer() - dense.log_normalizer;
        if (theta == &kOther) CHECK(difference == doctest::Approx(shift).epsilon(1e-10));
        shift = difference;  // a constant that depends on the known precision alone
    }
}

}  // namespace

TEST_CASE("the log density of x is the quadratic form of the dense precision") {
    const fixtures::OwnedAdditive owned(fixtures::AdditiveProblem(60, 5));
    const AdditivePrior& prior = owned.model.prior;
    const std::size_t d = prior.size();
    Vector x(d), mean(d);
    for (std::size_t j = 0; j < d; ++j) x[j] = std::cos(static_cast<double>(j));
    std::copy_n(prior.blocks()[0].mean.begin(), 2, &mean[prior.first(0)]);
    double shift = 0.0;
    for (const Vector* theta : {&kTheta, &kOther}) {
        const std::vector<double> q = dense_prior(prior, theta->data());
        Vector factor(q.begin(), q.end());
        REQUIRE(cholesky(reference::blas(), factor.data(), d).ok());
        double expected = 0.0;
        for (std::size_t i = 0; i < d; ++i) {
            expected += std::log(factor[i * (d + 1)]);
            for (std::size_t j = 0; j < d; ++j)
                expected -= 0.5 * (x[i] - mean[i]) * q[i * d + j] * (x[j] - mean[j]);
        }
        expected += prior.blocks()[1].scales->log_prior_natural(theta->data()) +
                    prior.blocks()[2].scales->log_prior_natural(theta->data() + 3);
        const double difference = prior.log_density(theta->data(), x.data()) - expected;
        if (theta == &kOther) CHECK(difference == doctest::Approx(shift).epsilon(1e-10));
        shift = difference;
    }
}

TEST_CASE("the derivative of the rows' excess is that of finite differences") {
    const fixtures::OwnedAdditive owned(fixtures::AdditiveProblem(60, 5));
    const AdditiveModel& model = owned.model;
    const Pseudo pseudo(model);
    RowsAt at(model), high(model), low(model);
    Vector x(model.design.size());
    for (std::size_t j = 0; j < x.size(); ++j) x[j] = 0.5 * std::cos(static_cast<double>(j));
    evaluate_rows(model, model.likelihood, nullptr, pseudo.rows, x.data(), at);
    for (std::size_t j = 0; j < x.size(); ++j) {
        Vector up = x, down = x;
        up[j] += 1e-5;
        down[j] -= 1e-5;
        evaluate_rows(model, model.likelihood, nullptr, pseudo.rows, up.data(), high);
        evaluate_rows(model, model.likelihood, nullptr, pseudo.rows, down.data(), low);
        CHECK(at.gradient[j] == doctest::Approx((high.excess - low.excess) / 2e-5).epsilon(1e-6));
    }
}

namespace {

struct AdditiveRun {
    AdditiveRun(const AdditiveModel& model, TransitionKernel kernel, std::size_t tune,
                std::size_t threads = 1, std::uint64_t seed = 70) {
        std::vector<BitGen*> bitgens;
        for (std::uint64_t c = 0; c < 4; ++c) {
            generators.push_back(std::make_unique<fixtures::Generator>(seed + c));
            bitgens.push_back(generators.back()->bitgen());
        }
        auto made = std::make_unique<AdditiveSampler>(model, bitgens, AdditiveSampler::Options{kernel, tune});
        chains = std::make_unique<Chains>(std::move(made), threads);
        REQUIRE(chains->start(nullptr).ok());
    }
    // One block (chains, sweeps, size) and the scales.
    void advance(std::size_t sweeps, const std::string& block, std::size_t size, std::size_t n_scales,
                 std::size_t piece) {
        x.assign(4 * sweeps * size, 0.0);
        scales.assign(4 * sweeps * n_scales, 0.0);
        lp.assign(4 * sweeps, 0.0);
        const auto step = [](std::size_t value) { return static_cast<std::ptrdiff_t>(value); };
        Outputs outputs;
        outputs.add(block, {x.data(), step(sweeps * size), step(size)});
        outputs.add("scales", {scales.data(), step(sweeps * n_scales), step(n_scales)});
        outputs.add("lp", {lp.data(), step(sweeps), 1});
        for (std::size_t done = 0; done < sweeps; done += piece)
            REQUIRE(chains->run(std::min(piece, sweeps - done), outputs.from(done)).status.ok());
    }
    std::vector<std::unique_ptr<fixtures::Generator>> generators;
    std::unique_ptr<Chains> chains;
    std::vector<double> x, scales, lp;
};

}  // namespace

// One effect and its standard deviation, 5 rows: the grid is over x/s and log s, where the density is smooth.
TEST_CASE("chains of one effect and its scale agree with quadrature") {
    fixtures::AdditiveProblem problem(0, 1);
    problem.blocks = {{1, 1, true, false, fixtures::half_normal_scales(1), {}, {}}};
    problem.matrix = {};
    problem.matrix.columns = 1;
    problem.b = {1.0, 2.0, 1.0, 3.0, 1.0};
    problem.kappa = {0.5, 1.0, 0.5, 0.5, -0.5};
    problem.offset = {0.0, 0.3, -0.5, 0.2, 0.1};
    for (std::size_t i = 0; i < 5; ++i) {
        problem.matrix.push(0, 1.0 + 0.2 * static_cast<double>(i));
        problem.matrix.end_row();
    }
    const auto log_density = [&](const double* at) {
        const double s = std::exp(at[1]), x = s * at[0];
        double sum = -0.5 * at[0] * at[0] - 0.5 * s * s + at[1];
        for (std::size_t i = 0; i < 5; ++i) {
            const double eta = problem.offset[i] + problem.matrix.value[i] * x;
            sum += problem.kappa[i] * eta - problem.b[i] * std::log(2.0 * std::cosh(0.5 * eta));
        }
        return sum;
    };
    const fixtures::Moments exact = fixtures::quadrature(log_density, {{0.0, -3.0}, {7.0, 5.0}});
    const fixtures::OwnedAdditive owned(problem);
    const auto [tuned, gibbs] = std::pair{TransitionKernel::hmc, TransitionKernel::gibbs};
    // Without warm-up the surrogate is the mode's, and a poor one: what corrects for it has to be right.
    for (const auto& [kernel, tune] : {std::pair{tuned, 500}, {tuned, 0}, {gibbs, 500}}) {
        AdditiveRun run(owned.model, kernel, static_cast<std::size_t>(tune));
        run.advance(500, "block0", 1, 1, 500);
        constexpr std::size_t kSweeps = 20000;
        run.advance(kSweeps, "block0", 1, 1, kSweeps);
        std::vector<double> draws;
        for (std::size_t i = 0; i < 4 * kSweeps; ++i) {
            draws.push_back(run.x[i] / run.scales[i]);
            draws.push_back(std::log(run.scales[i]));
        }
        CHECK(fixtures::worst_score(draws, 4, kSweeps, exact) < 6.0);
    }
}

TEST_CASE("threads, cuts and restored states change no bit of an additive model's chains") {
    const fixtures::OwnedAdditive owned(fixtures::AdditiveProblem(60, 5));
    for (const TransitionKernel kernel : {TransitionKernel::hmc, TransitionKernel::gibbs}) {
        AdditiveRun whole(owned.model, kernel, 40), cut(owned.model, kernel, 40, 2),
            resumed(owned.model, kernel, 40);
        whole.advance(100, "block1", 10, 4, 100);
        cut.advance(100, "block1", 10, 4, 7);
        CHECK(whole.x == cut.x);
        CHECK(whole.scales == cut.scales);
        CHECK(whole.lp == cut.lp);
        AdditiveRun first(owned.model, kernel, 40);
        first.advance(25, "block1", 10, 4, 25);
        REQUIRE(resumed.chains->restore(first.chains->state(), 25));
        for (std::size_t c = 0; c < 4; ++c) *resumed.generators[c] = *first.generators[c];
        resumed.advance(75, "block1", 10, 4, 75);
        for (std::size_t c = 0; c < 4; ++c)
            for (std::size_t i = 0; i < 75 * 10; ++i)
                REQUIRE(resumed.x[c * 750 + i] == whole.x[c * 1000 + 250 + i]);
    }
}

TEST_CASE("samplers of an additive model find the same posterior, whatever a factor costs") {
    // Trajectories of the second one factor no matrix.
    for (const auto& problem : {fixtures::AdditiveProblem(60, 5, 3), fixtures::AdditiveProblem(400, 5, 70)}) {
        const fixtures::OwnedAdditive owned(problem);
        constexpr std::size_t kSweeps = 2500;
        std::vector<std::vector<double>> mean, error;
        for (const TransitionKernel kernel : {TransitionKernel::hmc, TransitionKernel::gibbs}) {
            // Without warm-up: far from where it is, an anchor shows whether it is corrected for.
            AdditiveRun run(owned.model, kernel, kernel == TransitionKernel::hmc ? 0 : 500);
            run.advance(500, "block1", 10, 4, 500);
            run.advance(kSweeps, "block1", 10, 4, kSweeps);
            mean.emplace_back();
            error.emplace_back();
            for (std::size_t j = 0; j < 14; ++j) {  // means of 20 batches per chain
                constexpr std::size_t kBatch = kSweeps / 20;
                fixtures::BatchMeans means;
                for (std::size_t batch = 0; batch < 80; ++batch) {
                    double one = 0.0;
                    for (std::size_t i = batch * kBatch; i < (batch + 1) * kBatch; ++i)
                        one += (j < 10 ? run.x[i * 10 + j] : run.scales[i * 4 + j - 10]) / kBatch;
                    means.add(one);
                }
                mean.back().push_back(means.mean());
                error.back().push_back(means.variance());
            }
        }
        // 28 differences with 158 degrees of freedom: beyond 6 with probability 4e-7.
        for (std::size_t j = 0; j < 14; ++j)
            CHECK(std::fabs(mean[0][j] - mean[1][j]) < 6.0 * std::sqrt(error[0][j] + error[1][j]));
    }
}
