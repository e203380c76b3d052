#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <memory>

#include "likelihood/negative_binomial.hpp"
#include "linalg/sparse_rows.hpp"
#include "terms/noncentered_shrinkage.hpp"
#include "terms/sparse_design.hpp"
#include "terms/standardized_prior.hpp"
#include "terms/wide_design.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

Vector normals(std::size_t n, std::uint64_t seed, double scale = 1.0) {
    fixtures::Generator random(seed);
    Vector values(n);
    for (double& value : values) value = scale * random.normal();
    return values;
}

// Every third entry of a row-major matrix (rows, columns); the rest of it become zeros.
SparseRows thinned(std::vector<double>& dense, std::size_t rows, std::size_t columns) {
    SparseRows matrix;
    matrix.columns = columns;
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) {
            double& entry = dense[i * columns + j];
            (i + 2 * j) % 3 == 0 ? matrix.push(j, entry) : void(entry = 0.0);
        }
        matrix.end_row();
    }
    return matrix;
}

Density density_at(const ProductDesign& design, const Vector& coefficients) {
    Density density(design.coefficients());
    Worker alone;
    const double* point = coefficients.data();
    Density* result = &density;
    design.pass(1)->run(alone, &point, true, &result);
    return density;
}

// Central differences of a function against its gradient.
void check_gradient(const std::function<double(const Vector&)>& value, const Vector& point,
                    const Vector& gradient) {
    for (std::size_t j = 0; j < point.size(); ++j) {
        Vector up(point), down(point);
        const double h = 1e-5 * (1.0 + std::fabs(point[j]));
        up[j] += h;
        down[j] -= h;
        CHECK(gradient[j] == doctest::Approx((value(up) - value(down)) / (2.0 * h)).epsilon(1e-6).scale(1.0));
    }
}

// Of coefficients without a prior, row by row: an intercept, then columns less their centre.
double log_likelihood(const fixtures::Problem& problem, const Vector& centre, const Vector& beta) {
    double sum = 0.0;
    for (std::size_t i = 0; i < problem.n; ++i) {
        double eta = problem.offset[i] + beta[0];
        for (std::size_t j = 0; j < centre.size(); ++j)
            eta += (problem.design[i * centre.size() + j] - centre[j]) * beta[j + 1];
        const double size = std::fabs(eta);
        sum += problem.kappa[i] * eta - problem.shape[i] * (0.5 * size + std::log1p(std::exp(-size)));
    }
    return sum;
}

ShrinkagePrior shrinkage(std::size_t p) {
    ShrinkagePrior::Columns columns{Vector(p, 0.1), Vector(p, 1.3), {}};
    columns.group.push_back(ShrinkagePrior::kNone);
    for (std::size_t j = 1; j < p; ++j) columns.group.push_back(j % 2);
    return {columns, horseshoe_scale(), {0.3, 0.8}, {2.0, 4.0}};
}

}  // namespace

TEST_CASE("passes over sparse predictors: definition, differences, workers") {
    const std::size_t n = 2300, p = 7;  // two strips and a half-filled panel
    fixtures::Problem problem = fixtures::make_problem(n, p, 3);
    problem.offset.assign(n, 0.2);
    SparseRows matrix = thinned(problem.design, n, p);
    const Vector centre = normals(p, 4, 0.3), beta = normals(p + 1, 5);
    auto rows = std::make_shared<Binomial>(problem.shape.data(), problem.kappa.data(), n);
    const SparseDesign design(matrix, centre, true, problem.offset.data(), rows);
    const Density density = density_at(design, beta);
    const auto value = [&](const Vector& at) { return log_likelihood(problem, centre, at); };
    CHECK(density.log_posterior == doctest::Approx(value(beta)).epsilon(1e-12));
    check_gradient(value, beta, density.gradient);

    const Vector other = normals(p + 1, 6);
    Density two[] = {Density(p + 1), Density(p + 1)};
    const double* points[] = {beta.data(), other.data()};
    Density* results[] = {&two[0], &two[1]};
    const auto pass = design.pass(2);
    parallel_region(2, [&](Worker& worker) { pass->run(worker, points, true, results); });
    CHECK(two[0].gradient == density.gradient);
    CHECK(two[0].log_posterior == density.log_posterior);
    CHECK(two[1].gradient == density_at(design, other).gradient);
}

TEST_CASE("wide designs tell what sparse ones do of the same predictors, extras and all") {
    const std::size_t n = 21, p = 40;
    fixtures::Problem problem = fixtures::make_problem(n, p, 7);
    const SparseRows matrix = thinned(problem.design, n, p);
    const Vector centre(p), y(n, 2.0), weights(n, 1.0), offset(n, 0.1);
    const auto counts = std::make_shared<NegativeBinomial>(y.data(), weights.data(), n,
                                                           NegativeBinomial::DispersionPrior{2.0, 1.0, 0.0});
    const SparseDesign sparse(matrix, centre, true, offset.data(), counts);
    Vector padded(counts->padded());
    std::copy(offset.begin(), offset.end(), padded.begin());
    const FixedPrior prior(GaussianPrior(Vector(p + 2).data(), Vector(p + 2, 1.0).data(), p + 2, true));
    const LinearModel model{
        {problem.design.data(), n, p + 2, true, nullptr, 1}, padded, *counts, prior, reference::blas()};
    const WideDesign wide(model);
    const Vector beta = normals(p + 2, 8, 0.3);
    const Density one = density_at(sparse, beta), other = density_at(wide, beta);
    CHECK(one.log_posterior == doctest::Approx(other.log_posterior).epsilon(1e-13));
    const Vector curvature = sparse.curvature_at(beta.data()), same = wide.curvature_at(beta.data());
    for (std::size_t j = 0; j < p + 2; ++j) {
        CHECK(one.gradient[j] == doctest::Approx(other.gradient[j]).epsilon(1e-11));
        CHECK(curvature[j] == doctest::Approx(same[j]).epsilon(1e-11));
    }
}

TEST_CASE("non-centred priors: densities against their gradients, there and back") {
    const Blas& blas = reference::blas();
    const Vector between{2.0, 0.5, 0.5, 1.0}, mean(6, 0.2), precision{1.0, 4.0, 0.25};
    const StandardizedPrior standard(GaussianPrior(mean.data(), precision.data(), 3, true, between.data(), 2),
                                     blas);
    const NoncenteredShrinkage shrunk(shrinkage(6));
    for (const NoncenteredPrior* prior :
         {static_cast<const NoncenteredPrior*>(&standard), static_cast<const NoncenteredPrior*>(&shrunk)}) {
        const std::size_t p = prior->coefficients();
        const Vector q = normals(prior->size(), 9, 0.7), slope = normals(p, 10);
        // A log-likelihood that is linear in the coefficients.
        const auto value = [&](const Vector& at) {
            Vector beta(p), work(prior->workspace());
            prior->coefficients_at(at.data(), beta.data(), work.data());
            double sum = prior->log_density_of_coordinates(at.data());
            for (std::size_t j = 0; j < p; ++j) sum += slope[j] * beta[j];
            return sum;
        };
        Vector beta(p), work(prior->workspace()), gradient(prior->size()), back(q);
        prior->coefficients_at(q.data(), beta.data(), work.data());
        prior->differentiate(q.data(), beta.data(), slope.data(), gradient.data(), work.data());
        check_gradient(value, q, gradient);
        std::fill_n(back.begin(), p, 0.0);
        prior->coordinates_of(beta.data(), back.data());
        for (std::size_t j = 0; j < p; ++j) CHECK(back[j] == doctest::Approx(q[j]).epsilon(1e-12));
    }
}

// β = m + C z with C Cᵀ = Λ⁻¹: so zᵀz is (β − m)ᵀ Λ (β − m).
TEST_CASE("standardized coordinates of several predictors have the prior's density") {
    const Blas& blas = reference::blas();
    const Vector between{2.0, 0.5, 0.5, 1.0}, mean(6, 0.2), precision{1.0, 4.0, 0.25};
    const GaussianPrior gaussian(mean.data(), precision.data(), 3, true, between.data(), 2);
    const StandardizedPrior prior(gaussian, blas);
    const Vector beta = normals(6, 11);
    Vector q(6), deviation(beta), product(6);
    prior.coordinates_of(beta.data(), q.data());
    for (std::size_t j = 0; j < 6; ++j) deviation[j] -= mean[j];
    gaussian.apply_precision(blas, deviation.data(), product.data());
    double quadratic = 0.0;
    for (std::size_t j = 0; j < 6; ++j) quadratic += deviation[j] * product[j];
    CHECK(prior.log_density(q.data()) == doctest::Approx(-0.5 * quadratic).epsilon(1e-12));
}

// The density of β and the scales that the other samplers tell, from the same β and scales.
TEST_CASE("non-centred shrinkage tells the density that the prior tells") {
    ShrinkagePrior centred = shrinkage(6);
    const NoncenteredShrinkage prior(centred);
    const auto told = [&](std::uint64_t seed) {
        const Vector q = normals(prior.size(), seed, 0.5);
        Vector beta(6), work(prior.workspace());
        prior.coefficients_at(q.data(), beta.data(), work.data());
        const Vector scales = prior.scales(q.data());
        centred.set_scales(scales.data());
        return prior.log_density(q.data()) -
               (centred.log_density_of(beta.data()) + centred.log_density_of_scales());
    };
    CHECK(told(12) == doctest::Approx(told(13)).epsilon(1e-10));
}
