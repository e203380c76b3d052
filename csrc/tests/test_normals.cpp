#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "random/normals.hpp"
#include "simd/loops.hpp"
#include "tests/model_fixtures.hpp"

using namespace polyagamma;

namespace {

constexpr std::uint64_t kKey[4] = {11, 22, 33, 44};

double distribution(double x) {
    return 0.5 * std::erfc(-x / std::sqrt(2.0));
}

}  // namespace

TEST_CASE("every level makes the same normals, and fewer are the first of more") {
    constexpr std::size_t kMost = 300;
    std::vector<double> most(kMost);
    find_loops("baseline")->normals(kKey, kMost, most.data());
    for (const char* level : {"baseline", "v3", "v4"}) {
        const Loops* table = find_loops(level);
        if (table == nullptr) continue;
        for (const std::size_t n : {kMost, std::size_t{128}}) {
            std::vector<double> some(n);
            table->normals(kKey, n, some.data());
            CHECK(std::memcmp(some.data(), most.data(), n * sizeof(double)) == 0);
        }
    }
}

// 400 fills of 1 to 400 numbers with keys of their own, 80200 numbers in 20 cells of the same probability: a
// χ² with 19 degrees of freedom, which exceeds 70 with probability 1e-7; and the correlation of neighbours.
TEST_CASE("fill_normals makes independent standard normals") {
    constexpr std::size_t kFills = 400, kCells = 20;
    fixtures::Generator random(91);
    std::vector<double> counts(kCells), all;
    for (std::size_t n = 1; n <= kFills; ++n) {
        std::vector<double> some(n);
        fill_normals(*random.bitgen(), some.data(), n);
        all.insert(all.end(), some.begin(), some.end());
    }
    const auto size = static_cast<double>(all.size());
    for (const double x : all)
        counts[static_cast<std::size_t>(static_cast<double>(kCells) * distribution(x))] += 1.0;
    double chi_square = 0.0;
    for (const double count : counts) chi_square += std::pow(count - size / kCells, 2) / (size / kCells);
    CHECK(chi_square < 70.0);
    for (const std::size_t lag : {1u, 2u, 4u, 8u, 64u}) {
        double products = 0.0;
        for (std::size_t i = lag; i < all.size(); ++i) products += all[i] * all[i - lag];
        CHECK(std::fabs(products) / std::sqrt(size) < 5.5);
    }
}
