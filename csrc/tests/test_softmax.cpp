#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "simd/loops.hpp"

using namespace polyagamma;

namespace {

std::vector<double> predictors(std::size_t n, std::size_t functions) {
    std::vector<double> eta(n * functions);
    for (std::size_t at = 0; at < eta.size(); ++at)
        eta[at] = (at % 7 == 0 ? 700.0 : 5.0) * std::sin(1.3 * static_cast<double>(at * at + 1));
    return eta;
}

}  // namespace

TEST_CASE("a softmax and its log of sums agree with long doubles, with the same bits at every level") {
    for (const std::size_t n : {1u, 7u, 64u, 65u, 200u}) {
        for (const std::size_t functions : {1u, 2u, 5u}) {
            const std::vector<double> eta = predictors(n, functions);
            std::vector<double> first;
            for (const char* level : {"baseline", "v3", "v4"}) {
                const Loops* simd = find_loops(level);
                if (simd == nullptr) continue;
                std::vector<double> p = eta;
                p.resize((functions + 1) * n);
                double* log_sums = p.data() + functions * n;
                simd->softmax(n, functions, p.data(), log_sums);
                if (first.empty()) first = p;
                CHECK(std::memcmp(p.data(), first.data(), p.size() * sizeof(double)) == 0);
                for (std::size_t i = 0; i < n; ++i) {
                    long double sum = 0.0L;
                    for (std::size_t k = 0; k < functions; ++k) sum += std::exp((long double)eta[k * n + i]);
                    CHECK(log_sums[i] == doctest::Approx((double)std::log(sum)).epsilon(1e-15));
                    for (std::size_t k = 0; k < functions; ++k) {
                        const auto share = (double)(std::exp((long double)eta[k * n + i]) / sum);
                        CHECK(std::fabs(p[k * n + i] - share) <= 1e-13 * share + 1e-307);
                    }
                }
            }
        }
    }
}

TEST_CASE("totals of log sums on an ellipse are those of its rows, with the same bits at every level") {
    for (const std::size_t n : {1u, 65u, 200u}) {
        for (const std::size_t functions : {2u, 3u, 5u}) {
            const std::vector<double> centre = predictors(n, functions);
            std::vector<double> one(centre.size()), other(centre.size()), weights(n);
            for (std::size_t at = 0; at < one.size(); ++at) {
                one[at] = std::sin(static_cast<double>(at));
                other[at] = 2.0 * std::cos(static_cast<double>(3 * at));
            }
            long double expected = 0.0L, weighted = 0.0L, size = 0.0L;
            for (std::size_t i = 0; i < n; ++i) {
                long double sum = 0.0L;
                for (std::size_t k = 0; k < functions; ++k) {
                    const std::size_t at = k * n + i;
                    sum += std::exp((long double)(centre[at] + 0.6 * one[at] - 0.8 * other[at]));
                }
                weights[i] = static_cast<double>(1 + i % 4);
                expected += std::log(sum);
                weighted += weights[i] * std::log(sum);
                size += weights[i] * std::fabs(std::log(sum));
            }
            std::vector<double> first;
            for (const char* level : {"baseline", "v3", "v4"}) {
                const Loops* simd = find_loops(level);
                if (simd == nullptr) continue;
                const EllipsePoint point{centre.data(), one.data(), other.data(), 0.6, -0.8};
                const std::vector<double> found{simd->total_log_sum(n, functions, point, nullptr),
                                                simd->total_log_sum(n, functions, point, weights.data())};
                if (first.empty()) first = found;
                CHECK(std::memcmp(found.data(), first.data(), 2 * sizeof(double)) == 0);
                CHECK(std::fabs((double)(found[0] - expected)) <= 1e-14 * (double)size);
                CHECK(std::fabs((double)(found[1] - weighted)) <= 1e-14 * (double)size);
            }
        }
    }
}
