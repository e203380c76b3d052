#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "linalg/dense.hpp"
#include "linalg/gaussian.hpp"
#include "random/normals.hpp"
#include "terms/row_space.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

// Q (p, p) and r (p) of β given ω: XᵀΩX + Λ and Xᵀ(κ − Ω offset) + Λ m₀, by their definition.
struct Normal {
    Vector q, r;
};

Normal conditional(const fixtures::Problem& problem, const Vector& omega) {
    const std::size_t p = problem.p;
    Normal normal{Vector(p * p), Vector(p)};
    for (std::size_t a = 0; a < p; ++a) {
        for (std::size_t b = 0; b < p; ++b) {
            const double prior = problem.precision.size() == p ? (a == b ? problem.precision[a] : 0.0)
                                                               : problem.precision[a * p + b];
            normal.q[a * p + b] += prior;
            normal.r[a] += prior * problem.mean[b];
            for (std::size_t i = 0; i < problem.n; ++i) {
                normal.q[a * p + b] += omega[i] * problem.design[i * p + a] * problem.design[i * p + b];
            }
        }
        for (std::size_t i = 0; i < problem.n; ++i) {
            normal.r[a] += problem.design[i * p + a] * (problem.kappa[i] - omega[i] * problem.offset[i]);
        }
    }
    return normal;
}

// The largest |z-score| of means and second moments of draws against N(Q⁻¹r, Q⁻¹).
template <class Draw>
double worst_score(const Normal& normal, std::size_t p, Draw draw) {
    constexpr std::size_t kDraws = 40000;
    Vector factor = normal.q, mean = normal.r;
    REQUIRE(cholesky(reference::blas(), factor.data(), p).ok());
    solve_lower(reference::blas(), factor.data(), p, mean.data());
    solve_lower_transposed(reference::blas(), factor.data(), p, mean.data());
    // x = Lᵀ(β − mean) is standard normal.
    Vector first(p), second(p * p), beta(p), x(p);
    clear_upper(factor.data(), p);
    for (std::size_t t = 0; t < kDraws; ++t) {
        draw(beta.data());
        for (std::size_t j = 0; j < p; ++j) beta[j] -= mean[j];
        multiply_vector_transposed(reference::blas(), factor.data(), beta.data(), p, p, x.data());
        for (std::size_t a = 0; a < p; ++a) {
            first[a] += x[a];
            for (std::size_t b = 0; b < p; ++b) second[a * p + b] += x[a] * x[b];
        }
    }
    double worst = 0.0;
    const double n = kDraws;
    for (std::size_t a = 0; a < p; ++a) {
        worst = std::fmax(worst, std::fabs(first[a]) / std::sqrt(n));
        for (std::size_t b = 0; b < p; ++b) {
            const double score =
                a == b ? (second[a * p + b] - n) / std::sqrt(2.0 * n) : second[a * p + b] / std::sqrt(n);
            worst = std::fmax(worst, std::fabs(score));
        }
    }
    return worst;
}

fixtures::Problem wide_problem(bool full_precision) {
    fixtures::Problem problem = fixtures::make_problem(3, 5, 21, 0.8);
    problem.offset = {0.4, -1.0, 0.2};
    problem.mean = {0.5, -0.3, 0.0, 1.0, 0.2};
    if (!full_precision) return problem;
    const Vector diagonal(problem.precision.begin(), problem.precision.end());
    problem.precision.assign(25, 0.3);
    for (std::size_t j = 0; j < 5; ++j) problem.precision[6 * j] += diagonal[j];
    return problem;
}

}  // namespace

TEST_CASE("draws from a precision matrix have its mean and covariance") {
    const fixtures::Problem problem = wide_problem(true);
    const Vector omega{0.2, 0.5, 0.1};
    const Normal normal = conditional(problem, omega);
    fixtures::Generator random(22);
    CHECK(worst_score(normal, 5, [&](double* beta) {
              Vector q = normal.q, normals(5);
              fill_normals(*random.bitgen(), normals.data(), 5);
              std::copy(normal.r.begin(), normal.r.end(), beta);
              REQUIRE(draw_from_precision(reference::blas(), q.data(), beta, normals.data(), 5).ok());
          }) < 5.5);
}

TEST_CASE("the reduction of a wide model gives the same draws as its full precision matrix") {
    for (const bool full : {false, true}) {
        const fixtures::Problem problem = wide_problem(full);
        const Vector omega{0.2, 0.5, 0.1};
        const fixtures::OwnedModel model(problem);
        RowSpaceModel wide;
        REQUIRE(wide.assign(model).ok());
        // Given ω, z ~ N(Q⁻¹r, Q⁻¹) with the reduced model's design, offset and prior.
        const LinearModel& reduced = wide.reduced();
        fixtures::Problem small{3,         3,        std::vector<double>(9), {1, 1, 1}, problem.kappa, {},
                                {0, 0, 0}, {1, 1, 1}};
        reduced.design.copy_rows(0, 3, small.design.data());
        small.offset.assign(reduced.offset.begin(), reduced.offset.begin() + 3);
        const Normal of_z = conditional(small, omega);
        fixtures::Generator random(23);
        CHECK(worst_score(conditional(problem, omega), 5, [&](double* beta) {
                  Vector q = of_z.q, z = of_z.r, normals(5);
                  fill_normals(*random.bitgen(), normals.data(), 3);
                  REQUIRE(draw_from_precision(reference::blas(), q.data(), z.data(), normals.data(), 3).ok());
                  fill_normals(*random.bitgen(), normals.data(), 5);
                  wide.complete(z.data(), normals.data(), beta);
              }) < 5.5);
    }
}

TEST_CASE("the reduced coefficients and the free part tell the log-posterior of a wide model") {
    for (const bool full : {false, true}) {
        const fixtures::Problem problem = wide_problem(full);
        const fixtures::OwnedModel model(problem);
        RowSpaceModel wide;
        REQUIRE(wide.assign(model).ok());
        const Vector z{0.3, -0.8, 1.1};
        Vector normals{1.0, -2.0, 0.5, 0.1, 0.7}, beta(5), back(3);
        const double free_part = wide.complete(z.data(), normals.data(), beta.data());
        wide.reduce(beta.data(), back.data());
        for (std::size_t i = 0; i < 3; ++i) CHECK(back[i] == doctest::Approx(z[i]).epsilon(1e-12));
        fixtures::Problem small{3,         3,        std::vector<double>(9), problem.shape, problem.kappa, {},
                                {0, 0, 0}, {1, 1, 1}};
        wide.reduced().design.copy_rows(0, 3, small.design.data());
        small.offset.assign(wide.reduced().offset.begin(), wide.reduced().offset.begin() + 3);
        CHECK(small.log_posterior(z.data()) - free_part ==
              doctest::Approx(problem.log_posterior(beta.data())).epsilon(1e-12));
    }
}

TEST_CASE("a matrix that is not positive definite is reported with its first bad minor") {
    Vector q{1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0}, x(3);
    const Vector normals(3);
    const Status status = draw_from_precision(reference::blas(), q.data(), x.data(), normals.data(), 3);
    CHECK(status.kind == Status::Kind::not_positive_definite);
    CHECK(status.index == 1);
}
