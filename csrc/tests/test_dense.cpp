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
