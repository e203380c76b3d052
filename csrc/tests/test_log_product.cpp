#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "math/log_product.hpp"

using polyagamma::LogProduct;
using polyagamma::LogProducts;

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

TEST_CASE("products side by side take the numbers they are told, however many") {
    LogProducts products;
    double expected = 0.0;
    for (int i = 0; i < 1001; ++i) {
        double x[LogProducts::kWidth];
        for (std::size_t l = 0; l < LogProducts::kWidth; ++l)
            x[l] = std::exp(i % 3 == 0 ? 300.0 : -250.0 + static_cast<double>(l));
        const std::size_t count = i % 5 == 0 ? 3 : 20;
        products.multiply(x, count);
        for (std::size_t l = 0; l < std::min(count, LogProducts::kWidth); ++l) expected += std::log(x[l]);
    }
    CHECK(products.positive());
    CHECK(products.log() == doctest::Approx(expected).epsilon(1e-13));
    CHECK(LogProducts().log() == 0.0);
}

TEST_CASE("products side by side tell of numbers that are not positive") {
    using limits = std::numeric_limits<double>;
    for (const double bad : {0.0, -0.0, -1.0, limits::quiet_NaN(), limits::infinity(), 1e-310}) {
        CAPTURE(bad);
        double x[LogProducts::kWidth] = {1.0, 2.0, 3.0, 4.0, 5.0, bad, 7.0, 8.0};
        LogProducts products, without;
        products.multiply(x, LogProducts::kWidth);
        without.multiply(x, 5);
        CHECK_FALSE(products.positive());
        CHECK(without.positive());
    }
}
