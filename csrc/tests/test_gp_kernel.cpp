#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "simd/loops.hpp"
#include "terms/stationary.hpp"
#include "terms/stationary_features.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

constexpr std::size_t kN = 23, kP = 3;

std::vector<double> inputs(std::size_t n = kN) {
    std::vector<double> x(n * kP);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 3.0 * std::sin(1.7 * static_cast<double>(i * i + 1));
    return x;
}

double stationary(Stationary family, double r) {
    const double t3 = std::sqrt(3.0) * r, t5 = std::sqrt(5.0) * r;
    switch (family) {
        case Stationary::squared_exponential:
            return std::exp(-0.5 * r * r);
        case Stationary::matern12:
            return std::exp(-r);
        case Stationary::matern32:
            return (1.0 + t3) * std::exp(-t3);
        case Stationary::matern52:
            return (1.0 + t5 + t5 * t5 / 3.0) * std::exp(-t5);
    }
    return 0.0;
}

double element(const Panels& matrix, std::size_t i, std::size_t j) {
    return matrix.panel(i / kPanelRows)[j * kPanelRows + i % kPanelRows];
}

constexpr Stationary kFamilies[] = {Stationary::squared_exponential, Stationary::matern12,
                                    Stationary::matern32, Stationary::matern52};

}  // namespace

TEST_CASE("stationary covariances follow their formulas, with one length scale and with several") {
    const std::vector<double> x = inputs();
    const double theta[] = {0.7, -0.2, 0.1, 0.9};
    for (const Stationary family : kFamilies) {
        for (const std::size_t scales : {std::size_t{1}, kP}) {
            std::vector<LogParameter> lengths;
            for (std::size_t d = 0; d < scales; ++d)
                lengths.push_back({static_cast<std::ptrdiff_t>(d + 1), 99.0});
            StationaryCovariance covariance({family, kP, {0, 99.0}, lengths}, x.data(), kN, 1e-3);
            std::vector<double> matrix(kN * kN);
            REQUIRE(covariance.evaluate(theta, matrix.data()).ok());
            for (std::size_t i = 0; i < kN; ++i) {
                for (std::size_t j = 0; j <= i; ++j) {
                    double square = 0.0;
                    for (std::size_t d = 0; d < kP; ++d) {
                        const double scale = std::exp(theta[1 + (scales == 1 ? 0 : d)]);
                        square += std::pow((x[i * kP + d] - x[j * kP + d]) / scale, 2);
                    }
                    const double expected =
                        std::exp(theta[0]) * stationary(family, std::sqrt(square)) * (i == j ? 1.001 : 1.0);
                    CHECK(matrix[i * kN + j] == doctest::Approx(expected).epsilon(1e-13));
                }
            }
        }
    }
}

TEST_CASE("rows packed in place are panels, filled up with zeros whatever was there") {
    Panels matrix(kN, kP);
    std::fill_n(matrix.panel(0), matrix.count() * kPanelRows * kP, std::nan(""));
    const std::vector<double> x = inputs();
    std::copy(x.begin(), x.end(), matrix.panel(0));
    matrix.pack_in_place();
    for (std::size_t i = 0; i < matrix.count() * kPanelRows; ++i)
        for (std::size_t j = 0; j < kP; ++j) CHECK(element(matrix, i, j) == (i < kN ? x[i * kP + j] : 0.0));
}

TEST_CASE("products of features are the covariances with the inducing points, and leave the right variance") {
    constexpr std::size_t kRows = 603, kPoints = 7;  // rows of several blocks; the points are the first rows
    const std::vector<double> x = inputs(kRows);
    const double theta[] = {0.7, -0.2, 0.1, 0.9};
    const std::vector<LogParameter> lengths{{1, 99.0}, {2, 99.0}, {3, 99.0}};
    for (const Stationary family : kFamilies) {
        const StationaryFunction function(family, kP, {0, 99.0}, lengths);
        std::vector<double> matrix(kRows * kRows);
        Features found(kRows, kPoints);
        const auto phi = [&](std::size_t i, std::size_t j) { return element(found.matrix, i, j); };
        REQUIRE(StationaryCovariance(function, x.data(), kRows, 0.0).evaluate(theta, matrix.data()).ok());
        for (const bool independent : {false, true}) {
            StationaryFeatures features(function, x.data(), kRows, x.data(), kPoints, 0.0, independent,
                                        reference::blas());
            REQUIRE(features.evaluate(theta, found).ok());
            for (std::size_t i = 0; i < kRows; ++i) {
                const auto product = [&](std::size_t j) {
                    double sum = 0.0;
                    for (std::size_t k = 0; k < kPoints; ++k) sum += phi(i, k) * phi(j, k);
                    return sum;
                };
                for (std::size_t j = 0; j < std::min(kPoints, i + 1); ++j) {
                    CHECK(product(j) == doctest::Approx(matrix[i * kRows + j]).epsilon(1e-10));
                }
                const double left = independent ? std::max(0.0, std::exp(theta[0]) - product(i)) : 0.0;
                CHECK(found.variance[i] == doctest::Approx(left).epsilon(1e-10));
            }
        }
        StationaryFeatures jittered(function, x.data(), kRows, x.data(), kPoints, 0.01, true,
                                    reference::blas());
        REQUIRE(jittered.evaluate(theta, found).ok());
        double square = 0.0;  // of the features of the last row: variance and it make the diagonal
        for (std::size_t k = 0; k < kPoints; ++k) square += std::pow(phi(kRows - 1, k), 2);
        CHECK(square + found.variance[kRows - 1] == doctest::Approx(1.01 * std::exp(theta[0])));
        CHECK(phi(0, 0) * phi(0, 0) == doctest::Approx(std::exp(theta[0]) / 1.01));
    }
    const std::vector<double> twice(2 * kP, 1.0);  // two equal points
    const StationaryFunction function(Stationary::matern12, kP, {-1, 0.0}, lengths);
    StationaryFeatures singular(function, x.data(), kN, twice.data(), 2, 0.0, true, reference::blas());
    Features none(kN, 2);
    CHECK(singular.evaluate(theta, none).kind != Status::Kind::ok);
}

TEST_CASE("a fixed parameter keeps its value; parameters beyond doubles are undefined") {
    const std::vector<double> x = inputs();
    StationaryCovariance covariance({Stationary::matern12, kP, {-1, 0.5}, {{0, 0.0}}}, x.data(), kN, 0.0);
    std::vector<double> matrix(kN * kN);
    double theta = 0.0;
    REQUIRE(covariance.evaluate(&theta, matrix.data()).ok());
    CHECK(matrix[0] == doctest::Approx(std::exp(0.5)));
    theta = -1000.0;
    CHECK(covariance.evaluate(&theta, matrix.data()).kind != Status::Kind::ok);
}

TEST_CASE("covariance rows have the same bits at every level") {
    const std::vector<double> x = inputs();
    const Loops* baseline = find_loops("baseline");
    for (const char* name : {"v3", "v4"}) {
        const Loops* level = find_loops(name);
        if (level == nullptr) continue;
        for (const Stationary family : kFamilies) {
            std::vector<double> expected(kN), found(kN);
            baseline->covariance.stationary_row(family, x.data(), kN, kP, kN - 1, 1.3, expected.data());
            level->covariance.stationary_row(family, x.data(), kN, kP, kN - 1, 1.3, found.data());
            CHECK(found == expected);
            std::vector<double> panels(5 * kPanelRows), again(5 * kPanelRows);
            baseline->covariance.stationary_panels(family, x.data(), 1, kP, &x[30], &x[40], 5, 1.3,
                                                   panels.data());
            level->covariance.stationary_panels(family, x.data(), 1, kP, &x[30], &x[40], 5, 1.3,
                                                again.data());
            CHECK(again == panels);
            baseline->covariance.scaled_row(x.data(), x.data() + 5, 0.7, kN, expected.data());
            level->covariance.scaled_row(x.data(), x.data() + 5, 0.7, kN, found.data());
            CHECK(found == expected);
        }
    }
}
