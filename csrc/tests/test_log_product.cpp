#include <doctest/doctest.h>

#include <cmath>

#include "math/log_product.hpp"

using polyagamma::LogProduct;

TEST_CASE("the logarithm of a product is the sum of logarithms, far beyond the range of doubles") {
    LogProduct product;
    double expected = 0.0;
    for (int i = 0; i < 3000; ++i) {
        const double x = std::exp(i % 7 == 0 ? 40.0 : -0.01 * i);
        product.multiply(x);
        expected += std::log(x);
    }
    CHECK(product.log() == doctest::Approx(expected).epsilon(1e-12));
    LogProduct small, none;
    for (int i = 0; i < 100; ++i) small.multiply(1e-140);
    CHECK(small.log() == doctest::Approx(-14000.0 * std::log(10.0)).epsilon(1e-13));
    CHECK(none.log() == 0.0);
}
