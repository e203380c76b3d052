#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "gp/full_block.hpp"
#include "plain_blas.hpp"

using namespace polyagamma;

namespace {

using Matrix = std::vector<std::vector<double>>;
constexpr std::size_t kN = 5;
const double kOmega[kN] = {0.2, 0.05, 1.5, 0.3, 7.0};
const double kLinear[kN] = {0.5, -0.5, 1.2, -2.0, 0.1};
const PseudoRows kRows{kN, kOmega, kLinear};

double kernel(std::size_t i, std::size_t j, double theta) {
    const double distance = static_cast<double>(i) - static_cast<double>(j);
    return 3.0 * std::exp(-std::fabs(distance) * std::exp(-theta));
}

class Exponential final : public CovarianceFunction {
  public:
    Evaluation evaluate(const double* theta, double* matrix) override {
        for (std::size_t i = 0; i < kN; ++i)
            for (std::size_t j = 0; j <= i; ++j) matrix[i * kN + j] = kernel(i, j, *theta);
        return Evaluation::ok;
    }
};

// Gauss-Jordan elimination; also log |a|.
Matrix inverse(Matrix a, double& log_det) {
    const std::size_t n = a.size();
    Matrix b(n, std::vector<double>(n));
    for (std::size_t i = 0; i < n; ++i) b[i][i] = 1.0;
    log_det = 0.0;
    for (std::size_t k = 0; k < n; ++k) {
        const double pivot = a[k][k];
        log_det += std::log(pivot);
        for (std::size_t j = 0; j < n; ++j) {
            a[k][j] /= pivot;
            b[k][j] /= pivot;
        }
        for (std::size_t i = 0; i < n; ++i) {
            if (i == k) continue;
            const double factor = a[i][k];
            for (std::size_t j = 0; j < n; ++j) {
                a[i][j] -= factor * a[k][j];
                b[i][j] -= factor * b[k][j];
            }
        }
    }
    return b;
}

Matrix covariance(double theta) {
    Matrix k(kN, std::vector<double>(kN));
    for (std::size_t i = 0; i < kN; ++i)
        for (std::size_t j = 0; j < kN; ++j) k[i][j] = kernel(i, j, theta);
    return k;
}

// (K⁻¹ + Ω)⁻¹
Matrix posterior_covariance(double theta) {
    double ignored;
    Matrix precision = inverse(covariance(theta), ignored);
    for (std::size_t i = 0; i < kN; ++i) precision[i][i] += kOmega[i];
    return inverse(precision, ignored);
}

// log N(z; 0, K + Ω⁻¹) without 2π
double log_evidence(double theta) {
    Matrix total = covariance(theta);
    for (std::size_t i = 0; i < kN; ++i) total[i][i] += 1.0 / kOmega[i];
    double log_det, quadratic = 0.0;
    const Matrix precision = inverse(total, log_det);
    for (std::size_t i = 0; i < kN; ++i)
        for (std::size_t j = 0; j < kN; ++j)
            quadratic += kLinear[i] / kOmega[i] * precision[i][j] * kLinear[j] / kOmega[j];
    return -0.5 * (log_det + quadratic);
}

struct Fixture {
    Exponential function;
    FullBlock block{kN, function, plain_blas()};
    double evidence = 0.0;

    void condition(Side side, double theta) {
        REQUIRE(block.load(side, &theta) == Evaluation::ok);
        REQUIRE(block.condition(side, kRows, evidence) == Evaluation::ok);
    }
    // The draw is an affine function of its noise.
    std::vector<double> draw(std::size_t unit, std::vector<double>& whitened) {
        std::vector<double> noise(block.noise_size()), g(kN);
        if (unit < noise.size()) noise[unit] = 1.0;
        REQUIRE(block.draw(kRows, noise.data(), whitened.data(), g.data()) == Evaluation::ok);
        return g;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a draw has the mean and covariance of g given omega") {
    condition(Side::current, 0.3);
    std::vector<double> whitened(kN);
    const std::vector<double> mean = draw(kN * 2, whitened);
    const Matrix truth = posterior_covariance(0.3);
    Matrix found(kN, std::vector<double>(kN));
    for (std::size_t unit = 0; unit < 2 * kN; ++unit) {
        const std::vector<double> g = draw(unit, whitened);
        for (std::size_t i = 0; i < kN; ++i)
            for (std::size_t j = 0; j < kN; ++j) found[i][j] += (g[i] - mean[i]) * (g[j] - mean[j]);
    }
    for (std::size_t i = 0; i < kN; ++i) {
        double expected = 0.0;
        for (std::size_t j = 0; j < kN; ++j) {
            expected += truth[i][j] * kLinear[j];
            CHECK(found[i][j] == doctest::Approx(truth[i][j]).epsilon(1e-11));
        }
        CHECK(mean[i] == doctest::Approx(expected).epsilon(1e-11));
    }
}

TEST_CASE_FIXTURE(Fixture, "the evidence is that of Gaussian data, up to what theta does not change") {
    condition(Side::current, 0.3);
    const double here = evidence;
    condition(Side::proposed, -0.8);
    CHECK(evidence - here == doctest::Approx(log_evidence(-0.8) - log_evidence(0.3)).epsilon(1e-11));
}

TEST_CASE_FIXTURE(Fixture, "g = L nu with L Lᵀ = K, for the parameters of each side, also after a swap") {
    condition(Side::current, 0.3);
    condition(Side::proposed, -0.8);
    block.swap_sides();
    std::vector<double> whitened(kN), g(kN);
    const std::vector<double> drawn = draw(0, whitened);
    REQUIRE(block.transform(Side::current, whitened.data(), g.data()) == Evaluation::ok);
    for (std::size_t i = 0; i < kN; ++i) CHECK(g[i] == doctest::Approx(drawn[i]).epsilon(1e-13));
    for (const Side side : {Side::current, Side::proposed}) {
        Matrix found(kN, std::vector<double>(kN));
        for (std::size_t unit = 0; unit < kN; ++unit) {
            std::vector<double> nu(kN);
            nu[unit] = 1.0;
            REQUIRE(block.transform(side, nu.data(), g.data()) == Evaluation::ok);
            for (std::size_t i = 0; i < kN; ++i)
                for (std::size_t j = 0; j < kN; ++j) found[i][j] += g[i] * g[j];
        }
        const double theta = side == Side::current ? -0.8 : 0.3;
        for (std::size_t i = 0; i < kN; ++i)
            for (std::size_t j = 0; j < kN; ++j)
                CHECK(found[i][j] == doctest::Approx(kernel(i, j, theta)).epsilon(1e-12));
    }
}

TEST_CASE("a covariance that is not positive definite is undefined") {
    class Flat final : public CovarianceFunction {
        Evaluation evaluate(const double*, double* matrix) override {
            for (std::size_t i = 0; i < kN * kN; ++i) matrix[i] = i % (kN + 1) == 0 ? 1.0 : 2.0;
            return Evaluation::ok;
        }
    } flat;
    Covariance matrix(kN, plain_blas());
    CHECK(matrix.evaluate(flat, nullptr) == Evaluation::ok);
    CHECK(matrix.factor() == Evaluation::undefined);
}
