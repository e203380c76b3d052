#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "linalg/dense.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

TEST_CASE("inverses from Cholesky factors, and products with symmetric matrices, need the lower triangle") {
    for (const std::size_t n : {1u, 2u, 24u, 25u, 61u, 150u}) {
        std::vector<double> a(n * n, NAN), full(n * n), product(n), back(n);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j <= i; ++j) {
                const double distance = static_cast<double>(i - j);
                a[i * n + j] = full[i * n + j] = full[j * n + i] =
                    std::exp(-0.3 * distance) + (i == j ? 0.1 : 0.0);
            }
        std::vector<double> inverse = a;
        REQUIRE(cholesky(reference::blas(), inverse.data(), n).ok());
        invert_from_cholesky(reference::blas(), inverse.data(), n);
        for (std::size_t j = 0; j < n; ++j) {
            std::vector<double> unit(n);
            unit[j] = 1.0;
            multiply_symmetric(reference::blas(), a.data(), unit.data(), n, product.data());
            for (std::size_t i = 0; i < n; ++i) CHECK(product[i] == full[i * n + j]);
            multiply_symmetric(reference::blas(), inverse.data(), product.data(), n, back.data());
            for (std::size_t i = 0; i < n; ++i) CHECK(std::fabs(back[i] - unit[i]) < 1e-12);
        }
    }
}

TEST_CASE("eigenvectors come one in each row, of ascending values") {
    for (const std::size_t n : {1u, 2u, 7u, 40u}) {
        std::vector<double> a(n * n), vectors, values(n), product(n);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                a[i * n + j] = a[j * n + i] =
                    std::sin(static_cast<double>(3 * i + 5 * j)) + (i == j ? static_cast<double>(i) : 0.0);
        vectors = a;
        REQUIRE(eigenvectors(reference::blas(), vectors.data(), n, values.data()).ok());
        for (std::size_t k = 0; k < n; ++k) {
            const double* vector = &vectors[k * n];
            multiply_vector(reference::blas(), a.data(), vector, n, n, product.data());
            for (std::size_t i = 0; i < n; ++i) CHECK(std::fabs(product[i] - values[k] * vector[i]) < 1e-10);
            CHECK(dot(vector, vector, n) == doctest::Approx(1.0).epsilon(1e-12));
            if (k > 0) CHECK(values[k] >= values[k - 1]);
        }
    }
}

TEST_CASE("small triangles are solved and found without BLAS, larger ones with it") {
    for (const std::size_t n : {0u, 1u, 2u, 3u, 12u, 13u, 40u}) {
        CAPTURE(n);
        std::vector<double> a(n * n), l, x(n), back(n);
        for (std::size_t i = 0; i < n; ++i) {
            x[i] = std::cos(static_cast<double>(i));
            for (std::size_t j = 0; j < n; ++j) {
                const double distance = i > j ? static_cast<double>(i - j) : static_cast<double>(j - i);
                a[i * n + j] = std::exp(-0.3 * distance) + (i == j ? 0.1 : 0.0);
            }
        }
        l = a;
        REQUIRE(cholesky(reference::blas(), l.data(), n).ok());
        std::vector<double> solved = x, transposed = x;
        solve_lower(reference::blas(), l.data(), n, solved.data());
        solve_lower_transposed(reference::blas(), l.data(), n, transposed.data());
        for (std::size_t i = 0; i < n; ++i) {
            double product = 0.0, lower = 0.0, upper = 0.0;
            for (std::size_t k = 0; k <= i; ++k) {
                product += l[i * n + k] * l[i * n + k];
                lower += l[i * n + k] * solved[k];
            }
            for (std::size_t k = i; k < n; ++k) upper += l[k * n + i] * transposed[k];
            CHECK(product == doctest::Approx(a[i * (n + 1)]).epsilon(1e-14));
            CHECK(std::fabs(lower - x[i]) < 1e-13);
            CHECK(std::fabs(upper - x[i]) < 1e-13);
        }
        if (n < 3) continue;
        a[2 * n + 2] = -1.0;
        const Status status = cholesky(reference::blas(), a.data(), n);
        CHECK(status.kind == Status::Kind::not_positive_definite);
        CHECK(status.index == 2);
    }
}

TEST_CASE("dot products are those of every length") {
    std::vector<double> a(40), b(40);
    double expected = 0.0;
    for (std::size_t n = 0; n < 40; ++n) {
        CHECK(dot(a.data(), b.data(), n) == doctest::Approx(expected).epsilon(1e-14));
        a[n] = 0.3 + static_cast<double>(n);
        b[n] = 1.0 / a[n] + 1.0;
        expected += a[n] * b[n];
    }
}
