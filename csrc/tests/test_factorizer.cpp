#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/factorizer.hpp"
#include "simd/loops.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

constexpr double kEps = 2.220446049250313e-16;
// Whole groups, tiles and rows, and those around them.
constexpr std::size_t kSizes[] = {1,  2,  3,  4,  5,  7,  8,   9,   30,  31,  32,  33, 35,
                                  36, 63, 64, 65, 90, 97, 128, 150, 178, 255, 257, 300};

// Q diag(eigenvalues) Q with a reflection Q, eigenvalues from 1 down to 1 / condition; NaN above the
// diagonal.
Vector matrix(std::size_t n, double condition) {
    std::mt19937_64 random(n);
    std::normal_distribution<double> normal;
    std::vector<double> u(n), eigenvalues(n);
    double square = 0.0;
    for (double& x : u) {
        x = normal(random);
        square += x * x;
    }
    for (std::size_t i = 0; i < n; ++i)
        eigenvalues[i] =
            n == 1 ? 1.0 : std::pow(condition, -static_cast<double>(i) / static_cast<double>(n - 1));
    Vector a(n * n, NAN);
    const auto q = [&](std::size_t i, std::size_t k) {
        return (i == k ? 1.0 : 0.0) - 2.0 * u[i] * u[k] / square;
    };
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = 0.0;
            for (std::size_t k = 0; k < n; ++k) sum += q(i, k) * eigenvalues[k] * q(j, k);
            a[i * n + j] = sum;
        }
    return a;
}

double element(const Vector& a, std::size_t n, std::size_t i, std::size_t j) {
    return i >= j ? a[i * n + j] : a[j * n + i];
}

Vector work(std::size_t n) {
    return Vector(n * (kFactorColumns + 1), NAN);
}

// Of the numbers on and below the diagonal: those above are NaN.
bool same_bits(const Vector& a, const Vector& b, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
        if (std::memcmp(&a[i * n], &b[i * n], (i + 1) * sizeof(double)) != 0) return false;
    return true;
}

}  // namespace

// |A - LLᵀ| <= (n + 1) eps |L||L|ᵀ (Higham 2002, theorem 10.3), whose elements are at most 1 here: twice
// that.
TEST_CASE("Cholesky factors by own loops are those of a matrix nearby") {
    for (const std::size_t n : kSizes) {
        for (const double condition : {1.0, 1e3, 1e6, 1e12}) {
            const Vector a = matrix(n, condition);
            Vector l = a;
            Factorizer factorizer(reference::blas(), n);
            factorizer.use_own_loops();
            REQUIRE(factorizer.cholesky(l.data()).ok());
            double error = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j <= i; ++j) {
                    double sum = -a[i * n + j];
                    for (std::size_t k = 0; k <= j; ++k) sum += l[i * n + k] * l[j * n + k];
                    error = std::max(error, std::fabs(sum));
                }
            CHECK(error <= 2.0 * static_cast<double>(n + 1) * kEps);
        }
    }
}

// Where the condition number is 1e12 the inverse has 4 digits: |A⁻¹A - I| relative to it.
TEST_CASE("inverses by own loops") {
    for (const std::size_t n : kSizes) {
        for (const double condition : {1.0, 1e6, 1e12}) {
            const Vector a = matrix(n, condition);
            Vector inverse = a;
            Factorizer factorizer(reference::blas(), n);
            factorizer.use_own_loops();
            REQUIRE(factorizer.cholesky(inverse.data()).ok());
            factorizer.invert(inverse.data());
            double error = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    double sum = i == j ? -1.0 : 0.0;
                    for (std::size_t k = 0; k < n; ++k)
                        sum += element(inverse, n, i, k) * element(a, n, k, j);
                    error = std::max(error, std::fabs(sum));
                }
            CHECK(error <= 10.0 * static_cast<double>(n + 1) * kEps * condition);
        }
    }
}

TEST_CASE("own loops leave what is above the diagonal, or below it, as it was") {
    for (const std::size_t n : kSizes) {
        const Vector a = matrix(n, 1e3);
        Vector below = a, above = a;
        Factorizer factorizer(reference::blas(), n);
        factorizer.use_own_loops();
        REQUIRE(factorizer.cholesky(below.data()).ok());
        REQUIRE(factorizer.cholesky_above(above.data()).ok());
        bool kept = true, same = true;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j <= i; ++j) {
                same = same && above[j * n + i] == below[i * n + j];
                if (j < i) kept = kept && std::isnan(below[j * n + i]) && above[i * n + j] == a[i * n + j];
            }
        CHECK(same);
        factorizer.invert(below.data());
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i + 1; j < n; ++j) kept = kept && std::isnan(below[i * n + j]);
        CHECK(kept);
    }
}

TEST_CASE("the first pivot that is not positive is told") {
    for (const std::size_t n : kSizes) {
        for (const std::size_t bad : {std::size_t{0}, n / 3, n / 2, n - 1}) {
            for (const double value : {-1.0, 0.0, std::nan("")}) {
                Vector a(n * n);
                for (std::size_t i = 0; i < n; ++i) a[i * n + i] = i < bad ? 4.0 : value;
                Factorizer factorizer(reference::blas(), n);
                factorizer.use_own_loops();
                Vector above = a;
                const Status below = factorizer.cholesky(a.data());
                CHECK(below.kind == Status::Kind::not_positive_definite);
                CHECK(below.index == bad);
                CHECK(factorizer.cholesky_above(above.data()).index == bad);
            }
        }
    }
}

TEST_CASE("factors and inverses have the same bits on every level") {
    for (const char* level : {"v3", "v4"}) {
        const Loops* found = find_loops(level);
        if (found == nullptr) continue;
        for (const std::size_t n : kSizes) {
            const Vector a = matrix(n, 1e6);
            const Loops& baseline = *find_loops("baseline");
            Vector one = a, other = a, memory = work(n);
            CHECK(baseline.factor.cholesky(one.data(), n, one.data(), {n, 1}, memory.data()) == n);
            CHECK(found->factor.cholesky(other.data(), n, other.data(), {n, 1}, memory.data()) == n);
            CHECK(same_bits(one, other, n));
            baseline.factor.invert(one.data(), n, memory.data());
            found->factor.invert(other.data(), n, memory.data());
            CHECK(same_bits(one, other, n));
        }
    }
}
