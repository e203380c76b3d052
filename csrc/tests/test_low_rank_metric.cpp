#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "linalg/dense.hpp"
#include "linalg/lanczos.hpp"
#include "mcmc/low_rank_metric.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

constexpr std::size_t kOrder = 60;

// Curvatures of a reflected diagonal: one small, one large, the others between 0.8 and 1.2.
struct Spectrum {
    Spectrum() : axis(kOrder), values(kOrder) {
        fixtures::Generator random(21);
        double square = 0.0;
        for (double& one : axis) {
            one = random.normal();
            square += one * one;
        }
        for (double& one : axis) one /= std::sqrt(square);
        for (std::size_t j = 0; j < kOrder; ++j) values[j] = 0.8 + 0.4 * static_cast<double>(j) / kOrder;
        values[7] = 1e-3;
        values[20] = 50.0;
    }
    void reflect(double* x) const {
        const double along = 2.0 * dot(axis.data(), x, kOrder);
        for (std::size_t j = 0; j < kOrder; ++j) x[j] -= along * axis[j];
    }
    void multiply(const double* x, double* y) const {
        std::copy_n(x, kOrder, y);
        reflect(y);
        for (std::size_t j = 0; j < kOrder; ++j) y[j] *= values[j];
        reflect(y);
    }
    Vector axis, values;
};

}  // namespace

TEST_CASE("Lanczos steps find the ends of a spectrum") {
    const Spectrum spectrum;
    Vector start(kOrder, 1.0);
    std::vector<EigenPair> pairs;
    const auto product = [&](const double* x, double* y) { spectrum.multiply(x, y); };
    REQUIRE(lanczos(reference::blas(), product, 25, 1e-6, start, pairs).ok());
    bool small = false, large = false;
    for (const EigenPair& pair : pairs) {
        Vector image(kOrder);
        spectrum.multiply(pair.vector.data(), image.data());
        for (std::size_t j = 0; j < kOrder; ++j)
            CHECK(std::fabs(image[j] - pair.value * pair.vector[j]) < 1e-5 * (1.0 + pair.value));
        small = small || std::fabs(pair.value - 1e-3) < 1e-9;
        large = large || std::fabs(pair.value - 50.0) < 1e-6;
    }
    CHECK(small);
    CHECK(large);
}

TEST_CASE("a metric of few directions: its transpose, its inverse, what is saved") {
    const Spectrum spectrum;
    std::vector<EigenPair> pairs;
    for (const std::size_t j : {7, 20, 30}) {
        Vector vector(kOrder);
        vector[j] = 1.0;
        spectrum.reflect(vector.data());
        pairs.push_back({spectrum.values[j], vector});
    }
    pairs.push_back({-3.0, Vector(kOrder, 0.1)});  // of a density that is not concave there
    LowRankMetric metric(kOrder);
    for (std::size_t j = 0; j < kOrder; ++j) metric.scale()[j] = 0.5 + 0.01 * static_cast<double>(j);
    metric.set_directions(pairs);
    CHECK(metric.directions() == 2);  // a curvature near 1 is left alone
    Vector x(kOrder), y(kOrder), image(kOrder), back(kOrder), turned(kOrder);
    for (std::size_t j = 0; j < kOrder; ++j) x[j] = std::sin(static_cast<double>(j));
    for (std::size_t j = 0; j < kOrder; ++j) y[j] = std::cos(2.0 * static_cast<double>(j));
    metric.forward(x.data(), image.data());
    metric.inverse(image.data(), back.data());
    metric.transposed(y.data(), turned.data());
    CHECK(dot(image.data(), y.data(), kOrder) ==
          doctest::Approx(dot(x.data(), turned.data(), kOrder)).epsilon(1e-12));
    for (std::size_t j = 0; j < kOrder; ++j) CHECK(back[j] == doctest::Approx(x[j]).epsilon(1e-10));
    // Along a direction, A with unit scales has the standard deviation 1/√curvature.
    LowRankMetric plain(kOrder);
    plain.set_directions(pairs);
    plain.forward(pairs[0].vector.data(), image.data());
    CHECK(dot(image.data(), image.data(), kOrder) == doctest::Approx(1e3).epsilon(1e-10));
    LowRankMetric other(kOrder);
    other.restore(metric.save());
    Vector same(kOrder);
    metric.forward(x.data(), image.data());
    other.forward(x.data(), same.data());
    CHECK(same == image);
}
