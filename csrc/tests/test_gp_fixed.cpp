#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "linalg/dense.hpp"
#include "terms/dense_posterior.hpp"
#include "tests/reference_blas.hpp"
#include "vi/process_mode.hpp"

using namespace polyagamma;

namespace {

constexpr std::size_t kN = 37;  // one whole group of panels and a part of another

class Exponential final : public CovarianceFunction {
  public:
    Status evaluate(const double*, double* matrix) override {
        for (std::size_t i = 0; i < kN; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                matrix[i * kN + j] = 3.0 * std::exp(-0.3 * static_cast<double>(i - j));
        return {};
    }
};

struct Lower {
    Lower() : a(kN * kN) {
        for (std::size_t i = 0; i < kN; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                a[i * kN + j] = (i == j ? 2.0 : 0.0) + std::sin(static_cast<double>(3 * i + 5 * j));
    }
    std::vector<double> a;
};

}  // namespace

TEST_CASE("triangular panels multiply and solve, each chain as if alone") {
    const Lower lower;
    TriangularPanels panels;
    panels.assign(lower.a.data(), kN);
    const std::size_t stride = padded_rows(kN);
    for (std::size_t chains = 1; chains <= kBatchChains; ++chains) {
        std::vector<double> x(kN * chains), out(chains * stride), work(kN * chains);
        for (std::size_t k = 0; k < x.size(); ++k) x[k] = std::cos(static_cast<double>(k));
        panels.multiply(x.data(), chains, out.data(), stride);
        for (std::size_t c = 0; c < chains; ++c)
            for (std::size_t i = 0; i < kN; ++i) {
                double sum = 0.0;
                for (std::size_t j = 0; j <= i; ++j) sum += lower.a[i * kN + j] * x[j * chains + c];
                CHECK(out[c * stride + i] == sum);
            }
        panels.solve(out.data(), chains, stride, work.data());
        for (std::size_t c = 0; c < chains; ++c)
            for (std::size_t i = 0; i < kN; ++i)
                CHECK(out[c * stride + i] == doctest::Approx(x[i * chains + c]).epsilon(1e-6));
    }
}

TEST_CASE("the dense posterior inverts K⁻¹ + W; its constant is that of its definition") {
    Exponential function;
    std::vector<double> precision(kN), linear(kN), k(kN * kN);
    for (std::size_t i = 0; i < kN; ++i) {
        precision[i] = 0.1 + 0.05 * static_cast<double>(i % 7);
        linear[i] = std::sin(static_cast<double>(i));
    }
    DensePosterior posterior(kN, reference::blas());
    REQUIRE(posterior.assign(function, {kN, precision.data(), linear.data()}).ok());
    REQUIRE(function.evaluate(nullptr, k.data()).ok());
    const auto prior = [&](std::size_t i, std::size_t j) { return k[i < j ? j * kN + i : i * kN + j]; };
    const auto sigma = [&](std::size_t i, std::size_t j) {
        return posterior.covariance().panel(i / kPanelRows)[j * kPanelRows + i % kPanelRows];
    };
    double quadratic = 0.0;  // mᵀK⁻¹m with K⁻¹m = linear - W m
    for (std::size_t i = 0; i < kN; ++i) {
        double mean = 0.0;
        for (std::size_t j = 0; j < kN; ++j) {
            double sum = sigma(i, j);  // (I + K W) Σ = K
            for (std::size_t l = 0; l < kN; ++l) sum += prior(i, l) * precision[l] * sigma(l, j);
            CHECK(sum == doctest::Approx(prior(i, j)).epsilon(1e-9));
            mean += sigma(i, j) * linear[j];
        }
        CHECK(posterior.mean()[i] == doctest::Approx(mean).epsilon(1e-12));
        quadratic += mean * (linear[i] - precision[i] * mean);
    }
    double of_surrogate = 0.0;  // at g = m
    for (std::size_t i = 0; i < kN; ++i) {
        const double m = posterior.mean()[i];
        of_surrogate += (linear[i] - 0.5 * precision[i] * m) * m;
    }
    CHECK(posterior.constant() - of_surrogate == doctest::Approx(-0.5 * quadratic).epsilon(1e-10));
}

TEST_CASE("the mode is where the gradient vanishes, also far from zero") {
    Exponential function;
    const std::vector<double> shape(kN, 40.0), kappa(kN, 18.0), offset(kN, -3.0);
    const LatentRows rows{kN, shape.data(), kappa.data(), offset.data()};
    GaussianSites surrogate(kN);
    REQUIRE(surrogate_at_mode(rows, function, reference::blas(), surrogate).ok());
    DensePosterior posterior(kN, reference::blas());
    REQUIRE(posterior.assign(function, surrogate.rows()).ok());
    // One more Newton step moves no more than the tolerance of the search allows.
    GaussianSites again(kN);
    again.learn(rows, posterior.mean().data());
    DensePosterior next(kN, reference::blas());
    REQUIRE(next.assign(function, again.rows()).ok());
    for (std::size_t i = 0; i < kN; ++i) CHECK(std::fabs(next.mean()[i] - posterior.mean()[i]) < 1e-4);
}
