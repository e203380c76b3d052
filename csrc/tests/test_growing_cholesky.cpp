#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "linalg/dense.hpp"
#include "linalg/growing_cholesky.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

constexpr std::size_t kN = 37;

Vector normals(std::size_t n, std::uint64_t seed) {
    fixtures::Generator generator(seed);
    Vector x(n);
    for (double& value : x) value = generator.normal();
    return x;
}

// A symmetric matrix with eigenvalues from 1 down to 1/condition.
Vector matrix(std::size_t n, double condition) {
    Vector vectors = normals(n * n, 3), lower(n * n), a(n * n);
    lq(reference::blas(), vectors.data(), n, n, lower.data());
    for (std::size_t k = 0; k < n; ++k) {
        const double value = std::pow(condition, -static_cast<double>(k) / static_cast<double>(n - 1));
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                a[i * n + j] += value * vectors[k * n + i] * vectors[k * n + j];
    }
    return a;
}

GrowingCholesky factor_of(Vector a, std::size_t n) {
    REQUIRE(cholesky(reference::blas(), a.data(), n).ok());
    return {reference::blas(), a.data(), n};
}

Vector lower_of(const GrowingCholesky& factor) {
    Vector lower(factor.size() * factor.size(), 99.0);
    factor.copy_to(lower.data());
    return lower;
}

// Largest error of L Lᵀ, by the largest entry of A.
double error(const GrowingCholesky& factor, const Vector& a) {
    const std::size_t n = factor.size();
    REQUIRE(a.size() == n * n);
    const Vector lower = lower_of(factor);
    double worst = 0.0, largest = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        CHECK(lower[i * n + i] > 0.0);
        for (std::size_t j = 0; j <= i; ++j) {
            worst = std::max(worst, std::fabs(dot(&lower[i * n], &lower[j * n], n) - a[i * n + j]));
            largest = std::max(largest, std::fabs(a[i * n + j]));
        }
    }
    return worst / largest;
}

Vector part(const Vector& a, std::size_t n, const std::vector<std::size_t>& kept) {
    Vector some(kept.size() * kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i)
        for (std::size_t j = 0; j < kept.size(); ++j) some[i * kept.size() + j] = a[kept[i] * n + kept[j]];
    return some;
}

void add_products(Vector& a, const Vector& vectors, std::size_t n, double sign) {
    for (std::size_t v = 0; v < vectors.size() / n; ++v)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                a[i * n + j] += sign * vectors[v * n + i] * vectors[v * n + j];
}

constexpr double kConditions[] = {10.0, 1e6, 1e12};
constexpr double kRounding = 1e-14;  // n times the rounding of a double

}  // namespace

TEST_CASE("factors take products of vectors, of full length and tiny, and give them back") {
    for (const double condition : kConditions) {
        for (const double size : {1.0, 1e-6}) {
            CAPTURE(condition);
            CAPTURE(size);
            Vector a = matrix(kN, condition), vectors = normals(3 * kN, 5);
            for (double& value : vectors) value *= size;
            GrowingCholesky factor = factor_of(a, kN);
            add_products(a, vectors, kN, 1.0);
            factor.update(vectors.data(), 3);
            CHECK(error(factor, a) < kRounding);
            add_products(a, vectors, kN, -1.0);
            const Status back = factor.downdate(vectors.data(), 3);
            if (size < 1.0 || condition < 1e12) {
                REQUIRE(back.ok());
                CHECK(error(factor, a) < 100 * kRounding);  // of what it was with them
            }
        }
    }
}

TEST_CASE("downdates come as near to A - x x' as factoring anew, up to a condition of 1e12") {
    for (const double condition : kConditions) {
        Vector a = matrix(kN, condition);
        GrowingCholesky factor = factor_of(a, kN);
        // x with |L⁻¹x|² = 0.9.
        Vector x = normals(kN, 8), lower = lower_of(factor), z(kN);
        const double length = std::sqrt(dot(x.data(), x.data(), kN));
        for (std::size_t i = 0; i < kN; ++i)
            z[i] = dot(&lower[i * kN], x.data(), i + 1) * std::sqrt(0.9) / length;
        REQUIRE(factor.downdate(z.data(), 1).ok());
        add_products(a, z, kN, -1.0);
        CHECK(error(factor, a) < kRounding);
    }
}

TEST_CASE("downdates that leave no positive definite matrix say so and change nothing") {
    const Vector a = matrix(kN, 1e6);
    GrowingCholesky factor = factor_of(a, kN);
    const Vector before = lower_of(factor);
    Vector vectors(2 * kN);
    vectors[0] = 1e-5;
    for (std::size_t i = 0; i < kN; ++i) vectors[kN + i] = 2.0;
    const Status status = factor.downdate(vectors.data(), 2);
    CHECK(status.kind == Status::Kind::not_positive_definite);
    CHECK(status.index == 1);
    CHECK(lower_of(factor) == before);
    CHECK_FALSE(factor.downdate(&vectors[kN], 1).ok());
    CHECK(lower_of(factor) == before);
}

TEST_CASE("rows and columns come and go") {
    for (const double condition : kConditions) {
        CAPTURE(condition);
        const Vector a = matrix(kN, condition);
        constexpr std::size_t kFirst = 20;
        std::vector<std::size_t> kept(kFirst);
        for (std::size_t i = 0; i < kFirst; ++i) kept[i] = i;
        GrowingCholesky factor = factor_of(part(a, kN, kept), kFirst);
        for (const std::size_t k : {1u, 1u, 10u, 5u}) {
            const std::size_t n = factor.size() + k;
            Vector rows(k * n);
            for (std::size_t i = 0; i < k; ++i) std::copy_n(&a[(n - k + i) * kN], n, &rows[i * n]);
            REQUIRE(factor.append(rows.data(), k).ok());
        }
        CHECK(error(factor, a) < kRounding);
        std::vector<std::size_t> all(kN);
        for (std::size_t i = 0; i < kN; ++i) all[i] = i;
        for (const auto& [first, count] : {std::pair<std::size_t, std::size_t>{5, 1}, {0, 3}, {30, 3}}) {
            factor.erase(first, count);
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(first),
                      all.begin() + static_cast<std::ptrdiff_t>(first + count));
            CHECK(error(factor, part(a, kN, all)) < kRounding);
        }
    }
}

TEST_CASE("rows that leave the matrix not positive definite are refused, and nothing is changed") {
    GrowingCholesky factor = factor_of(identity(3), 3);
    const Vector before = lower_of(factor);
    const double rows[] = {1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0};  // the second is like the first
    const Status status = factor.append(rows, 2);
    CHECK(status.kind == Status::Kind::not_positive_definite);
    CHECK(status.index == 1);
    CHECK(lower_of(factor) == before);
}

TEST_CASE("factors that have grown solve") {
    const Vector a = matrix(kN, 1e3);
    GrowingCholesky factor = factor_of(part(a, kN, {0, 1, 2, 3}), 4);
    Vector rows(3 * 7), x = normals(7, 9), product(7);
    for (std::size_t i = 0; i < 3; ++i) std::copy_n(&a[(4 + i) * kN], 7, &rows[i * 7]);
    REQUIRE(factor.append(rows.data(), 3).ok());
    for (std::size_t i = 0; i < 7; ++i) product[i] = dot(&a[i * kN], x.data(), 7);
    factor.solve_lower(product.data());
    factor.solve_lower_transposed(product.data());
    for (std::size_t i = 0; i < 7; ++i) CHECK(product[i] == doctest::Approx(x[i]).epsilon(1e-9));
}

TEST_CASE("a factor of nothing grows, too") {
    GrowingCholesky factor(reference::blas(), nullptr, 0);
    const double rows[] = {4.0, 0.0, 2.0, 5.0};
    REQUIRE(factor.append(rows, 2).ok());
    CHECK(lower_of(factor) == Vector{2.0, 0.0, 1.0, 2.0});
}
