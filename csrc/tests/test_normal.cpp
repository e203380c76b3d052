#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "random/block_stream.hpp"
#include "random/normal.hpp"
#include "tests/pg_exact.hpp"

using namespace polyagamma;

TEST_CASE("normal pairs are standard normal and independent") {
    constexpr std::uint64_t key[4] = {1, 2, 3, 4};
    constexpr int kPairs = 500000;
    BlockStream words(key, 0);
    std::vector<double> draws;
    Moments first, product, product_of_squares, fourth;
    int beyond_4 = 0;
    for (int i = 0; i < kPairs; ++i) {
        const std::uint64_t radius = words.next();
        const NormalPair pair = normal_pair(radius, words.next());
        draws.push_back(pair.first);
        draws.push_back(pair.second);
        for (const double x : {pair.first, pair.second}) {
            first.add(x);
            fourth.add(x * x * x * x);
            beyond_4 += std::abs(x) > 4.0 ? 1 : 0;
        }
        product.add(pair.first * pair.second);
        product_of_squares.add(pair.first * pair.first * pair.second * pair.second);
    }
    // Eight comparisons at 1e6 draws: |z| ≤ 5.2 has a false-alarm probability of 1.6e-6.
    CHECK(std::abs(first.z_of_mean(0.0)) < 5.2);
    CHECK(std::abs(first.z_of_variance(1.0)) < 5.2);
    CHECK(std::abs(fourth.z_of_mean(3.0)) < 5.2);
    CHECK(std::abs(product.z_of_mean(0.0)) < 5.2);
    CHECK(std::abs(product_of_squares.z_of_mean(1.0)) < 5.2);
    const double expected_beyond = 2.0 * kPairs * std::erfc(4.0 / std::sqrt(2.0));
    CHECK(std::abs(beyond_4 - expected_beyond) < 5.2 * std::sqrt(expected_beyond));
    std::sort(draws.begin(), draws.end());
    double distance = 0.0;
    const double n = static_cast<double>(draws.size());
    for (std::size_t i = 0; i < draws.size(); ++i) {
        const double cdf = 0.5 * std::erfc(-draws[i] / std::sqrt(2.0));
        distance = std::fmax(
            distance, std::fmax(cdf - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - cdf));
    }
    CHECK(distance * std::sqrt(n) < 2.7);  // Kolmogorov's distribution: P(beyond) = 9e-7
}

TEST_CASE("the largest radius of a normal pair is 8.57") {
    const NormalPair pair = normal_pair(0, std::uint64_t{1} << 63);
    CHECK(std::hypot(pair.first, pair.second) == doctest::Approx(std::sqrt(2.0 * 53.0 * std::log(2.0))));
}
