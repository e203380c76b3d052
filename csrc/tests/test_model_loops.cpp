#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "linalg/aligned.hpp"
#include "simd/loops.hpp"
#include "tests/model_fixtures.hpp"

using polyagamma::find_loops;
using polyagamma::kPanelRows;
using polyagamma::ModelLoops;
using polyagamma::Vector;

namespace {

std::vector<const ModelLoops*> levels() {
    std::vector<const ModelLoops*> found;
    for (const char* level : {"baseline", "v3", "v4"}) {
        if (const auto* table = find_loops(level)) found.push_back(&table->model);
    }
    return found;
}

Vector random_vector(std::size_t n, std::uint64_t seed) {
    fixtures::Generator random(seed);
    Vector values(n);
    for (double& value : values) value = random.normal();
    return values;
}

bool same_bits(const Vector& a, const Vector& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

// Element (i, j) of a matrix of panels with k columns.
double element(const Vector& panels, std::size_t k, std::size_t i, std::size_t j) {
    return panels[((i / kPanelRows) * k + j) * kPanelRows + i % kPanelRows];
}

struct Size {
    std::size_t panels, k;
};
constexpr Size kSizes[] = {{1, 1}, {3, 2}, {4, 5}, {7, 9}, {13, 16}, {9, 31}};

}  // namespace

TEST_CASE("products with panels are those with the matrix") {
    for (const auto [panels, k] : kSizes) {
        const std::size_t rows = panels * kPanelRows;
        const Vector matrix = random_vector(rows * k, 1), weights = random_vector(rows, 2);
        for (std::size_t chains = 1; chains <= polyagamma::kBatchChains; ++chains) {
            const Vector u = random_vector(k * chains, 3), r = random_vector(rows * chains, 4);
            for (const ModelLoops* simd : levels()) {
                Vector d(rows * chains), g(k * chains * kPanelRows);
                simd->forward(matrix.data(), panels, k, u.data(), chains, d.data(), rows);
                simd->transposed(matrix.data(), panels, k, r.data(), chains, rows, g.data());
                for (std::size_t c = 0; c < chains; ++c) {
                    for (std::size_t i = 0; i < rows; ++i) {
                        double expected = 0.0;
                        for (std::size_t j = 0; j < k; ++j)
                            expected += element(matrix, k, i, j) * u[j * chains + c];
                        CHECK(d[c * rows + i] == doctest::Approx(expected).epsilon(1e-12));
                    }
                    for (std::size_t j = 0; j < k; ++j) {
                        double expected = 0.0, sum = 0.0;
                        for (std::size_t i = 0; i < rows; ++i)
                            expected += element(matrix, k, i, j) * r[c * rows + i];
                        for (std::size_t lane = 0; lane < kPanelRows; ++lane)
                            sum += g[(j * chains + c) * kPanelRows + lane];
                        CHECK(std::fabs(sum - expected) < 1e-12 * static_cast<double>(rows));
                    }
                }
            }
        }
        Vector gram(k * k);
        polyagamma::loops().model.weighted_gram(matrix.data(), panels, k, weights.data(), gram.data());
        for (std::size_t j = 0; j < k; ++j) {
            for (std::size_t l = 0; l <= j; ++l) {
                double expected = 0.0;
                for (std::size_t i = 0; i < rows; ++i) {
                    expected += weights[i] * element(matrix, k, i, j) * element(matrix, k, i, l);
                }
                CHECK(std::fabs(gram[j * k + l] - expected) < 1e-12 * static_cast<double>(rows));
            }
        }
    }
}

TEST_CASE("triangular systems are solved, with the same bits at every level and however rows are cut") {
    for (const auto [panels, k] : kSizes) {
        const std::size_t rows = panels * kPanelRows;
        const Vector matrix = random_vector(rows * k, 10);
        Vector lower = random_vector(k * k, 11), first, first_squares;  // above the diagonal: not used
        for (std::size_t j = 0; j < k; ++j) lower[j * k + j] = 3.0 + static_cast<double>(j);
        for (const ModelLoops* simd : levels()) {
            Vector solved = matrix, squares(rows), pieces = matrix, piece_squares(rows);
            simd->solve_lower(solved.data(), panels, k, lower.data(), squares.data());
            for (std::size_t t = 0; t < panels; ++t)
                simd->solve_lower(&pieces[t * k * kPanelRows], 1, k, lower.data(),
                                  &piece_squares[t * kPanelRows]);
            if (simd == levels().front()) first = solved, first_squares = squares;
            for (const Vector* found : {&solved, &pieces}) CHECK(same_bits(*found, first));
            for (const Vector* found : {&squares, &piece_squares}) CHECK(same_bits(*found, first_squares));
            for (std::size_t i = 0; i < rows; ++i) {
                double square = 0.0;
                for (std::size_t j = 0; j < k; ++j) {
                    double product = 0.0;
                    for (std::size_t l = 0; l <= j; ++l)
                        product += lower[j * k + l] * element(solved, k, i, l);
                    CHECK(product == doctest::Approx(element(matrix, k, i, j)).epsilon(1e-12));
                    square += element(solved, k, i, j) * element(solved, k, i, j);
                }
                CHECK(squares[i] == doctest::Approx(square).epsilon(1e-12));
            }
        }
    }
}

TEST_CASE("every level gives the same bits, and a chain the same alone as in a group") {
    for (const auto [panels, k] : kSizes) {
        const std::size_t rows = panels * kPanelRows;
        const Vector matrix = random_vector(rows * k, 5), kappa = random_vector(rows, 6),
                     weights = random_vector(rows, 9);
        const Vector u = random_vector(4 * k, 7), shape(rows, 1.0);
        Vector first_d, first_g, first_gram, first_sums;
        for (const ModelLoops* simd : levels()) {
            Vector d(rows * 4), g(4 * k * kPanelRows), gram(k * k), sums(kPanelRows);
            simd->forward(matrix.data(), panels, k, u.data(), 4, d.data(), rows);
            Vector one_u(k), one_d(rows), one_g(k * kPanelRows);
            for (std::size_t j = 0; j < k; ++j) one_u[j] = u[4 * j + 2];
            simd->forward(matrix.data(), panels, k, one_u.data(), 1, one_d.data(), rows);
            CHECK(std::memcmp(one_d.data(), &d[2 * rows], rows * sizeof(double)) == 0);
            simd->residual_and_log_likelihood(kappa.data(), shape.data(), 4 * rows / 4, &d[2 * rows],
                                              sums.data());
            simd->transposed(matrix.data(), panels, k, d.data(), 4, rows, g.data());
            simd->transposed(matrix.data(), panels, k, &d[2 * rows], 1, rows, one_g.data());
            for (std::size_t j = 0; j < k; ++j) {
                CHECK(std::memcmp(&one_g[j * kPanelRows], &g[(4 * j + 2) * kPanelRows],
                                  kPanelRows * sizeof(double)) == 0);
            }
            simd->weighted_gram(matrix.data(), panels, k, weights.data(), gram.data());
            if (simd == levels().front()) {
                first_d = d, first_g = g, first_gram = gram, first_sums = sums;
            }
            CHECK(same_bits(d, first_d));
            CHECK(same_bits(g, first_g));
            CHECK(same_bits(gram, first_gram));
            CHECK(same_bits(sums, first_sums));
        }
    }
}

TEST_CASE("log-likelihood, residual and curvature are accurate for every linear predictor") {
    const double etas[] = {0.0,  1e-300, 1e-9, -1e-8, 1e-4, 0.3,    -0.7,  0.88,   0.8813735870195430,
                           -2.0, 5.0,    12.0, -37.0, 40.0, -300.0, 708.5, -745.0, 1000.0,
                           -1e6, 1e300};
    for (const ModelLoops* simd : levels()) {
        for (const double eta : etas) {
            for (const double shape : {1.0, 0.25, 100.0}) {
                // Rows of the same shape take one way through the logarithms, a differing row the other.
                for (const bool mixed : {false, true}) {
                    const double kappa = 0.3 * shape;
                    Vector etas_of(2 * kPanelRows, eta), kappas(2 * kPanelRows, kappa),
                        shapes(2 * kPanelRows, shape);
                    if (mixed) shapes[11] = kappas[11] = 0.0;
                    const double rows = mixed ? 15.0 : 16.0;
                    Vector residual = etas_of, alone = etas_of, curvature = etas_of, sums(kPanelRows);
                    simd->residual_and_log_likelihood(kappas.data(), shapes.data(), residual.size(),
                                                      residual.data(), sums.data());
                    simd->residual(kappas.data(), shapes.data(), alone.size(), alone.data());
                    simd->curvature(shapes.data(), curvature.size(), curvature.data());
                    const long double size = std::fabs(static_cast<long double>(eta));
                    const long double e = std::exp(-size);
                    const long double each =
                        kappa * static_cast<long double>(eta) - shape * (0.5L * size + std::log1p(e));
                    double total = 0.0;
                    for (const double lane : sums) total += lane;
                    CHECK(std::fabs(total - static_cast<double>(rows * each)) <=
                          4e-15 * (rows * shape * (1.0 + std::fabs(eta))));
                    const double slope = static_cast<double>(kappa - 0.5L * shape * std::tanh(0.5L * eta));
                    CHECK(std::fabs(residual[3] - slope) <= 4e-16 * shape);
                    CHECK(same_bits(residual, alone));
                    const double bend = static_cast<double>(shape * e / ((1.0L + e) * (1.0L + e)));
                    CHECK(std::fabs(curvature[3] - bend) <= 1e-15 * bend + 1e-305);
                }
            }
        }
    }
}

TEST_CASE(
    "a Gaussian log-likelihood and its derivative are taken from others, with the same bits on every level") {
    constexpr std::size_t kRows = 3 * kPanelRows;
    fixtures::Generator random(11);
    Vector w(kRows), c(kRows), t(kRows), given(kRows), first_slope, first_sums;
    for (std::size_t i = 0; i < kRows; ++i) {
        w[i] = random.uniform();
        c[i] = random.normal();
        t[i] = random.normal();
        given[i] = random.normal();
    }
    for (const ModelLoops* simd : levels()) {
        Vector slope = given, sums(kPanelRows, 1.0);
        simd->subtract_gaussian(w.data(), c.data(), t.data(), kRows, slope.data(), sums.data());
        for (std::size_t lane = 0; lane < kPanelRows; ++lane) {
            double expected = 1.0;
            for (std::size_t i = lane; i < kRows; i += kPanelRows) {
                expected -= c[i] * t[i] - 0.5 * w[i] * t[i] * t[i];
                CHECK(slope[i] == doctest::Approx(given[i] - (c[i] - w[i] * t[i])).epsilon(1e-14));
            }
            CHECK(sums[lane] == doctest::Approx(expected).epsilon(1e-14));
        }
        if (simd == levels().front()) first_slope = slope, first_sums = sums;
        CHECK(same_bits(slope, first_slope));
        CHECK(same_bits(sums, first_sums));
    }
}
