#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "linalg/dense.hpp"
#include "linalg/kronecker.hpp"
#include "mcmc/chains.hpp"
#include "mcmc/kronecker_sampler.hpp"
#include "mcmc/make_linear_sampler.hpp"
#include "terms/kronecker_prior.hpp"
#include "terms/standardized_prior.hpp"
#include "terms/tall_design.hpp"
#include "tests/chain_run.hpp"
#include "tests/class_fixtures.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"
#include "vi/curvature.hpp"
#include "vi/kronecker_mode.hpp"
#include "vi/linear_mode.hpp"

using namespace polyagamma;
using fixtures::Classes;

namespace {

// A square matrix that is symmetric and positive definite.
Vector positive(std::size_t n, std::uint64_t seed, double least) {
    fixtures::Generator generator(seed);
    Vector root(n * n), product(n * n);
    for (double& value : root) value = generator.normal();
    multiply_transposed(reference::blas(), root.data(), root.data(), n, n, n, product.data());
    for (std::size_t j = 0; j < n; ++j) product[j * n + j] += least;
    return product;
}

// Wᵀ A W.
Vector congruent(const Vector& w, const Vector& a, std::size_t n) {
    Vector product(n * n), result(n * n);
    multiply(reference::blas(), a.data(), w.data(), n, n, n, product.data());
    multiply_transposed(reference::blas(), w.data(), product.data(), n, n, n, result.data());
    return result;
}

struct KroneckerRun {
    KroneckerRun(const LinearModel& model, std::size_t tune, std::size_t threads) {
        std::vector<BitGen*> bitgens;
        for (std::uint64_t c = 0; c < 4; ++c) {
            generators.push_back(std::make_unique<fixtures::Generator>(60 + c));
            bitgens.push_back(generators.back()->bitgen());
        }
        p = model.prior.size();
        std::unique_ptr<Sampler> sampler = make_kronecker_sampler(model, bitgens, tune, threads);
        REQUIRE(sampler != nullptr);
        chains = std::make_unique<Chains>(std::move(sampler), threads);
    }

    void advance(std::size_t sweeps) {
        beta.assign(4 * sweeps * p, 0.0);
        lp.assign(4 * sweeps, 0.0);
        const auto step = [](std::size_t value) { return static_cast<std::ptrdiff_t>(value); };
        Outputs outputs;
        outputs.add("beta", {beta.data(), step(sweeps * p), step(p)});
        outputs.add("lp", {lp.data(), step(sweeps), 1});
        REQUIRE(chains->run(sweeps, outputs).status.ok());
    }

    std::size_t p;
    std::vector<std::unique_ptr<fixtures::Generator>> generators;
    std::unique_ptr<Chains> chains;
    std::vector<double> beta, lp;
};

// Of coefficient j of 6, or of its square.
fixtures::BatchMeans batch_means(const std::vector<double>& beta, std::size_t j, bool square,
                                 std::size_t batches) {
    const std::size_t length = beta.size() / 6 / batches;
    fixtures::BatchMeans means;
    for (std::size_t first = 0; first < batches * length; first += length) {
        double of_batch = 0.0;
        for (std::size_t i = first; i < first + length; ++i)
            of_batch += square ? beta[6 * i + j] * beta[6 * i + j] : beta[6 * i + j];
        means.add(of_batch / static_cast<double>(length));
    }
    return means;
}

KroneckerMode mode_of(const Classes& classes) {
    const TallDesign design(*classes.model);
    KroneckerMode mode;
    REQUIRE(find_kronecker_mode(*classes.model, design, mode).ok());
    return mode;
}

}  // namespace

TEST_CASE("a pencil makes both of its matrices diagonal") {
    constexpr std::size_t kSize = 5;
    const Vector p = positive(kSize, 1, 0.1), h = positive(kSize, 2, 0.0);
    Pencil pencil;
    REQUIRE(solve_pencil(reference::blas(), p, h, kSize, pencil).ok());
    const Vector one = congruent(pencil.vectors, p, kSize), values = congruent(pencil.vectors, h, kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
        for (std::size_t j = 0; j < kSize; ++j) {
            CHECK(one[i * kSize + j] == doctest::Approx(i == j ? 1.0 : 0.0).scale(1.0).epsilon(1e-11));
            CHECK(values[i * kSize + j] ==
                  doctest::Approx(i == j ? pencil.values[i] : 0.0).scale(1.0).epsilon(1e-10));
            CHECK(pencil.transposed[j * kSize + i] == pencil.vectors[i * kSize + j]);
        }
    }
}

TEST_CASE("coordinates of factors: the density of the prior, its gradient, there and back") {
    const Classes classes("multinomial", 70, 3);
    const GaussianPrior& gaussian = classes.prior->conditional();
    KroneckerMode mode = mode_of(classes);
    const Vector start = mode.coefficients;
    KroneckerPrior prior(gaussian, mode.basis, mode.coefficients, reference::blas());
    const StandardizedPrior standard(gaussian, reference::blas());
    Vector q(6), other(6), beta(6), work(6), back(6), gradient(6);
    fixtures::Generator generator(3);
    for (double& value : q) value = generator.normal();
    prior.coefficients_at(q.data(), beta.data(), work.data());
    standard.coordinates_of(beta.data(), other.data());
    CHECK(prior.log_density(q.data()) == doctest::Approx(standard.log_density(other.data())).epsilon(1e-11));
    prior.coordinates_of(beta.data(), back.data());
    for (std::size_t j = 0; j < 6; ++j) CHECK(back[j] == doctest::Approx(q[j]).epsilon(1e-11));
    const Vector slope{0.3, -1.0, 0.7, 2.0, 0.1, -0.4};
    prior.differentiate(q.data(), beta.data(), slope.data(), gradient.data(), work.data());
    for (std::size_t j = 0; j < 6; ++j) {  // of what is linear in z, and −z
        Vector moved(q), there(6);
        moved[j] += 1.0;
        prior.coefficients_at(moved.data(), there.data(), work.data());
        double change = -q[j];
        for (std::size_t i = 0; i < 6; ++i) change += slope[i] * (there[i] - beta[i]);
        CHECK(gradient[j] == doctest::Approx(change).epsilon(1e-11));
    }
    const Vector centre = prior.centre();
    prior.coefficients_at(centre.data(), beta.data(), work.data());
    for (std::size_t j = 0; j < 6; ++j) CHECK(beta[j] == doctest::Approx(start[j]).epsilon(1e-10));
}

TEST_CASE("the mode by factors is the mode, and their curvature has the trace of the whole one") {
    for (const char* name : {"multinomial", "sequential"}) {
        const Classes classes(name, 200, 3);
        const KroneckerMode mode = mode_of(classes);
        Whitening whitening(*classes.model);
        Mode exact;
        REQUIRE(find_mode(whitening, *classes.likelihood, exact).ok());
        Vector precision(36);
        mean_precision(whitening, whitening.prior().full_precision(),
                       {{classes.likelihood.get(), exact.u.data()}}, precision.data());
        for (std::size_t j = 0; j < 6; ++j)
            CHECK(std::fabs(mode.coefficients[j] - exact.u[j]) * std::sqrt(precision[j * 7]) < 0.2);
        // Σ C_i ⊗ x_i x_iᵀ less the prior, at the intercepts: tr(E) G₀₀ = Σ tr C_i.
        const GaussianPrior& prior = classes.prior->conditional();
        Vector scaled(6);
        double whole = 0.0, factors = 0.0;
        for (const std::size_t j : {0u, 3u}) whole += precision[j * 7];
        // (A ⊗ S)⁻ᵀ diag(1 + e g) (A ⊗ S)⁻¹, by the inverse of the basis: (A ⊗ S)⁻¹ = (A ⊗ S)ᵀ Λ.
        for (const std::size_t j : {0u, 3u}) {
            Vector unit(6), z(6), work(6);
            unit[j] = 1.0;
            prior.apply_precision(reference::blas(), unit.data(), scaled.data());
            mode.basis.apply_transposed(reference::blas(), scaled.data(), z.data(), work.data());
            for (std::size_t i = 0; i < 6; ++i) factors += z[i] * z[i] / mode.basis.variance(i);
        }
        CHECK(factors == doctest::Approx(whole).epsilon(0.02));
    }
}

TEST_CASE("coordinates of factors: coefficients agree with quadrature") {
    constexpr std::size_t kSweeps = 40000;
    for (const char* name : {"multinomial", "sequential"}) {
        const Classes classes(name, 9, 1);
        const fixtures::Moments exact = fixtures::quadrature(
            [&](const double* beta) { return classes.log_posterior(beta); }, {{0.0, 0.0}, {7.0, 7.0}});
        KroneckerRun run(*classes.model, 400, 1);
        REQUIRE(run.chains->start(nullptr).ok());
        run.advance(400);
        run.advance(kSweeps);
        CHECK(fixtures::worst_score(run.beta, 4, kSweeps, exact) < 6.0);
        for (const std::size_t draw : {0u, 1234u, 159999u})
            CHECK(run.lp[draw] == doctest::Approx(classes.log_posterior(&run.beta[2 * draw])).epsilon(1e-11));
    }
}

TEST_CASE("coordinates of factors: chains agree with those in coordinates of the whole curvature") {
    constexpr std::size_t kSweeps = 20000, kBatches = 160;  // of all four chains
    for (const char* name : {"multinomial", "sequential"}) {
        const Classes classes(name, 120, 3);
        KroneckerRun factors(*classes.model, 400, 1);
        fixtures::Run whole(*classes.model, nullptr, {TransitionKernel::hmc, 400, 1});
        REQUIRE(factors.chains->start(nullptr).ok());
        REQUIRE(whole.chains->start(nullptr).ok());
        factors.advance(400);
        whole.advance(400, 400);
        factors.advance(kSweeps);
        whole.advance(kSweeps, kSweeps);
        // Means and mean squares of six coefficients: 24 scores, of 7e-9 each beyond 6 with 318 degrees of
        // freedom, or 2e-7 in all.
        for (std::size_t j = 0; j < 6; ++j) {
            for (const bool square : {false, true}) {
                const auto one = batch_means(factors.beta, j, square, kBatches);
                const auto other = batch_means(whole.beta, j, square, kBatches);
                CHECK(std::fabs(one.mean() - other.mean()) <
                      6.0 * std::sqrt(one.variance() + other.variance()));
            }
        }
    }
}

TEST_CASE("coordinates of factors: chains go on with the same bits, on any number of threads") {
    const Classes classes("multinomial", 2500, 3);
    KroneckerRun whole(*classes.model, 150, 1), other(*classes.model, 150, 3);
    REQUIRE(whole.chains->start(nullptr).ok());
    whole.advance(120);
    REQUIRE(other.chains->restore(whole.chains->state(), 120));
    for (std::size_t c = 0; c < 4; ++c) *other.generators[c] = *whole.generators[c];
    whole.advance(60);
    other.advance(60);
    CHECK(other.beta == whole.beta);
    CHECK(other.lp == whole.lp);
    State state = whole.chains->state();
    state["basis"].pop_back();
    CHECK_FALSE(other.chains->restore(state, 180));
}

TEST_CASE("models take factors where there are too many coefficients for a square matrix of them") {
    CHECK_FALSE(factorises(2000, 9));
    CHECK(factorises(2001, 3));
    CHECK_FALSE(factorises(5000, 1));
}
