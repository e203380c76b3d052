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
