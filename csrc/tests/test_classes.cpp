#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "likelihood/likelihood.hpp"
#include "likelihood/merge_rows.hpp"
#include "linalg/dense.hpp"
#include "mcmc/starting_points.hpp"
#include "simd/loops.hpp"
#include "terms/gradient_pass.hpp"
#include "tests/chain_run.hpp"
#include "tests/class_fixtures.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"
#include "vi/curvature.hpp"
#include "vi/linear_mode.hpp"

using namespace polyagamma;
using fixtures::Classes;
using fixtures::Long;

namespace {

Density density_at(const LinearModel& model, const Whitening& whitening, const Vector& u) {
    const ChainPosterior posterior{&model.likelihood, &whitening.prior()};
    Density density(whitening.size());
    GradientPass({&posterior}, whitening.size(), 1).run_alone(whitening, u.data(), density);
    return density;
}

// Coordinates that are not the coefficients.
Vector move_somewhere(const LinearModel& model, Whitening& whitening) {
    const std::size_t k = whitening.size();
    Vector centre(k), basis(k * k), u(k);
    for (std::size_t j = 0; j < k; ++j) {
        centre[j] = 0.1 * (double)(j + 1);
        u[j] = std::cos(2.0 * (double)j);
        for (std::size_t i = 0; i < k; ++i)
            basis[i * k + j] = i == j ? 0.8 : 0.1 * std::sin((double)(i + 3 * j));
    }
    whitening.move(model, centre.data(), basis.data());
    whitening.move(model, centre.data(), basis.data());
    return u;
}

const char* const kNames[] = {"multinomial", "sequential"};

}  // namespace

TEST_CASE("classes: the log density and its gradient, in any coordinates") {
    for (const char* name : kNames) {
        const Classes classes(name, 70, 3);
        Whitening whitening(*classes.model);
        Vector u(6, 0.3), beta(6);
        for (int moved = 0; moved < 2; ++moved) {
            whitening.coefficients(u.data(), beta.data());
            const Density found = density_at(*classes.model, whitening, u);
            CHECK(found.log_posterior == doctest::Approx(classes.log_posterior(beta.data())).epsilon(1e-12));
            for (std::size_t j = 0; j < 6; ++j) {
                constexpr double kStep = 1e-5;
                Vector up = u, down = u;
                up[j] += kStep;
                down[j] -= kStep;
                const double slope = (density_at(*classes.model, whitening, up).log_posterior -
                                      density_at(*classes.model, whitening, down).log_posterior) /
                                     (2.0 * kStep);
                CHECK(found.gradient[j] == doctest::Approx(slope).epsilon(1e-6));
            }
            u = move_somewhere(*classes.model, whitening);
        }
    }
}

TEST_CASE("classes: the precision is the derivative of the gradient, in any coordinates") {
    for (const char* name : kNames) {
        const Classes classes(name, 70, 3);
        Whitening whitening(*classes.model);
        const Vector u = move_somewhere(*classes.model, whitening);
        Vector precision(36);
        mean_precision(whitening, whitening.prior().full_precision(), {{classes.likelihood.get(), u.data()}},
                       precision.data());
        for (std::size_t j = 0; j < 6; ++j) {
            constexpr double kStep = 1e-5;
            Vector up = u, down = u;
            up[j] += kStep;
            down[j] -= kStep;
            const Density after = density_at(*classes.model, whitening, up),
                          before = density_at(*classes.model, whitening, down);
            for (std::size_t i = j; i < 6; ++i) {
                const double slope = (before.gradient[i] - after.gradient[i]) / (2.0 * kStep);
                CHECK(precision[i * 6 + j] == doctest::Approx(slope).epsilon(1e-6));
            }
        }
        Mode mode;
        REQUIRE(find_mode(whitening, *classes.likelihood, mode).ok());
        const Density there = density_at(*classes.model, whitening, mode.u);
        for (const double slope : there.gradient) CHECK(std::fabs(slope) < 1e-3);
    }
}

TEST_CASE("classes: passes of several chains on several workers have the bits of one alone") {
    const Classes classes("multinomial", 3000, 4);
    Whitening whitening(*classes.model);
    const Vector u = move_somewhere(*classes.model, whitening);
    const Density alone = density_at(*classes.model, whitening, u);
    const ChainPosterior posterior{classes.likelihood.get(), &whitening.prior()};
    for (const std::size_t chains : {2u, 3u, 4u}) {
        for (const std::size_t workers : {1u, 2u, 3u}) {
            GradientPass pass(std::vector<const ChainPosterior*>(chains, &posterior), 8, workers);
            std::vector<Vector> points(chains, u);
            std::vector<Density> densities(chains, Density(8));
            std::vector<const double*> at;
            std::vector<Density*> to;
            for (std::size_t c = 0; c < chains; ++c) {
                for (double& value : points[c]) value *= 1.0 + (double)c;
                at.push_back(points[c].data());
                to.push_back(&densities[c]);
            }
            parallel_region(workers, [&](Worker& worker) {
                pass.run(worker, whitening, at.data(), GradientPass::Wanted::gradient_and_value, to.data());
            });
            CHECK(densities[0].gradient == alone.gradient);
            CHECK(densities[0].log_posterior == alone.log_posterior);
        }
    }
}

TEST_CASE("multinomial rows are right far out, and every level has the same bits") {
    const double counts[] = {1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1};  // two classes of eight rows
    const Vector trials(8, 3.0);
    const double eta[] = {700, -700, 700, 1e4, -1e4, 0, 40, 1e-9, 700, -700, -700, 1e4, -1e4, 0, -40, 1};
    double derivative[16], lanes[kPanelRows] = {};
    std::copy(eta, eta + 16, derivative);
    loops().classes.multinomial(counts, 8, trials.data(), 8, 2, derivative, 8, lanes);
    for (std::size_t i = 0; i < 8; ++i) {
        const Long a = (Long)eta[i], b = (Long)eta[8 + i], largest = std::max({a, b, 0.0L});
        const Long sum = std::exp(a - largest) + std::exp(b - largest) + std::exp(-largest);
        const Long value = (Long)counts[i] * a + (Long)counts[8 + i] * b - 3.0L * (largest + std::log(sum));
        CHECK(lanes[i] == doctest::Approx((double)value).epsilon(1e-14));
        CHECK(std::fabs(derivative[i] - (double)((Long)counts[i] - 3.0L * std::exp(a - largest) / sum)) <
              1e-14);
        CHECK(std::fabs(derivative[8 + i] -
                        (double)((Long)counts[8 + i] - 3.0L * std::exp(b - largest) / sum)) < 1e-14);
    }
    for (const char* level : {"baseline", "v3", "v4"}) {
        const Loops* simd = find_loops(level);
        if (simd == nullptr) continue;
        double other[16], values[kPanelRows] = {};
        std::copy(eta, eta + 16, other);
        simd->classes.multinomial(counts, 8, trials.data(), 8, 2, other, 8, values);
        CHECK(std::equal(other, other + 16, derivative));
        CHECK(std::equal(values, values + kPanelRows, lanes));
    }
}

TEST_CASE("multinomial rows do not depend on those beside them, however large their predictors") {
    constexpr std::size_t kRows = 72;  // more than a block of the loop
    for (const double far : {1.0, 599.0, 601.0, 1e4}) {
        std::vector<double> eta(2 * kRows), counts(2 * kRows, 1.0);
        const Vector trials(kRows, 3.0);
        for (std::size_t i = 0; i < 2 * kRows; ++i)
            eta[i] = (i % 9 == 0 ? far : 3.0) * std::sin((double)(i * i));
        std::vector<double> together = eta, probabilities = eta;
        double lanes[kPanelRows] = {}, of_panels[kPanelRows] = {};
        loops().classes.multinomial(counts.data(), kRows, trials.data(), kRows, 2, together.data(), kRows,
                                    lanes);
        loops().classes.probabilities(kRows, 2, probabilities.data(), kRows);
        std::vector<double> alone = eta;
        for (std::size_t i = 0; i < kRows; i += kPanelRows)
            loops().classes.multinomial(counts.data(), kRows, trials.data(), kPanelRows, 2, &alone[i], kRows,
                                        of_panels);
        CHECK(together == alone);
        CHECK(std::equal(lanes, lanes + kPanelRows, of_panels));
        for (std::size_t i = 0; i < kRows; ++i) {
            const Long a = (Long)eta[i], b = (Long)eta[kRows + i], largest = std::max({a, b, 0.0L});
            const Long sum = std::exp(a - largest) + std::exp(b - largest) + std::exp(-largest);
            const double of_class = (double)(std::exp(b - largest) / sum);
            CHECK(probabilities[kRows + i] == doctest::Approx(of_class).epsilon(1e-14));
            CHECK(std::fabs(together[kRows + i] - (1.0 - 3.0 * of_class)) < 1e-14);
        }
        for (const char* level : {"baseline", "v3", "v4"}) {
            const Loops* simd = find_loops(level);
            if (simd == nullptr) continue;
            std::vector<double> other = eta;
            double values[kPanelRows] = {};
            simd->classes.multinomial(counts.data(), kRows, trials.data(), kRows, 2, other.data(), kRows,
                                      values);
            CHECK(other == together);
            CHECK(std::equal(values, values + kPanelRows, lanes));
        }
    }
}

TEST_CASE("classes: coefficients agree with quadrature, by every kernel") {
    constexpr std::size_t kSweeps = 40000;
    for (const char* name : kNames) {
        for (const bool labels : {false, true}) {
            const Classes classes(name, 9, 1, labels);
            const fixtures::Moments exact = fixtures::quadrature(
                [&](const double* beta) { return classes.log_posterior(beta); }, {{0.0, 0.0}, {7.0, 7.0}});
            for (const TransitionKernel kernel :
                 {TransitionKernel::gibbs, TransitionKernel::automatic, TransitionKernel::hmc}) {
                fixtures::Run run(*classes.model, nullptr, {kernel, 400, 1});
                REQUIRE(run.chains->start(nullptr).ok());
                run.advance(400, 400);
                run.advance(kSweeps, kSweeps);
                CHECK(fixtures::worst_score(run.beta, 4, kSweeps, exact) < 6.0);
                for (const std::size_t draw : {0u, 1234u, 159999u})
                    CHECK(run.lp[draw] ==
                          doctest::Approx(classes.log_posterior(&run.beta[2 * draw])).epsilon(1e-11));
            }
        }
    }
}

TEST_CASE("classes: chains go on with the same bits, on any number of threads") {
    for (const char* name : kNames) {
        const Classes classes(name, 2500, 3);
        for (const TransitionKernel kernel : {TransitionKernel::gibbs, TransitionKernel::automatic}) {
            fixtures::Run whole(*classes.model, nullptr, {kernel, 50, 1});
            REQUIRE(whole.chains->start(nullptr).ok());
            whole.advance(37, 37);
            const State state = whole.chains->state();
            fixtures::Run other(*classes.model, nullptr, {kernel, 50, 3});
            REQUIRE(other.chains->restore(state, 37));
            for (std::size_t c = 0; c < 4; ++c) *other.generators[c] = *whole.generators[c];
            whole.advance(30, 30);
            other.advance(30, 7);
            CHECK(other.beta == whole.beta);
            CHECK(other.lp == whole.lp);
        }
    }
}

TEST_CASE("classes: rows that are merged have the same log density") {
    for (const char* name : kNames) {
        Classes classes(name, 40, 1);
        for (std::size_t i = 0; i < 40; ++i)
            for (std::size_t k = 0; k < 2; ++k)
                classes.model->offset[k * classes.likelihood->padded() + i] = 0.0;
        const Vector offset(80);
        const MergedRows merged = merge_rows(classes.x.data(), offset.data(), 40, 1, 2);
        REQUIRE(merged.n == 1);
        const std::unique_ptr<Likelihood> one = classes.likelihood->merged(merged.place, 1);
        const LinearModel fewer{{merged.x.data(), 1, 1, false},
                                Vector(2 * one->padded()),
                                *one,
                                *classes.prior,
                                reference::blas()};
        const Vector beta{0.4, -1.1};
        CHECK(density_at(fewer, Whitening(fewer), beta).log_posterior ==
              doctest::Approx(classes.log_posterior(beta.data())).epsilon(1e-12));
    }
    Vector offsets(8);
    const double twice[] = {0, 0, 1, 1};
    CHECK(merge_rows(twice, offsets.data(), 4, 1, 2).n == 2);
    offsets[5] = 1.0;  // of the second predictor of the second row
    CHECK(merge_rows(twice, offsets.data(), 4, 1, 2).n == 0);
}

TEST_CASE("starting points approach the mode only as far as they must") {
    const Classes classes("multinomial", 70, 3);
    Whitening whitening(*classes.model);
    Mode mode;
    REQUIRE(find_mode(whitening, *classes.likelihood, mode).ok());
    whitening.move(*classes.model, mode.u.data(), identity(6).data());
    const ChainPosterior posterior{classes.likelihood.get(), &whitening.prior()};
    const double highest = density_at(*classes.model, whitening, Vector(6)).log_posterior;
    Vector near{0.01, -0.02, 0.01, 0.0, 0.03, -0.01}, far{3.0, -5.0, 2.0, 1.0, 4.0, -2.0};
    const Vector before = near, start = far;
    approach_mode(whitening, posterior, near.data());
    CHECK(near == before);
    approach_mode(whitening, posterior, far.data());
    CHECK(density_at(*classes.model, whitening, far).log_posterior >= highest - 6.0);
    for (std::size_t j = 0; j < 6; ++j) far[j] *= 2.0;
    CHECK(density_at(*classes.model, whitening, far).log_posterior < highest - 6.0);
    CHECK(far[0] / start[0] == far[1] / start[1]);
}
