#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "terms/effect_scales.hpp"

using namespace polyagamma;

namespace {

EffectScales three_correlated(double eta) {
    return EffectScales({{ScalePrior::Family::half_normal, 0.0, 1.5},
                         {ScalePrior::Family::half_t, 3.0, 2.5},
                         {ScalePrior::Family::exponential, 0.0, 0.7}},
                        true, eta);
}

const Vector kTheta{0.3, -0.7, 0.1, 0.8, -0.4, 0.6};

// |det| of a matrix (n, n), by elimination with pivots.
double absolute_determinant(std::vector<double> a, std::size_t n) {
    double product = 1.0;
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t pivot = k;
        for (std::size_t i = k; i < n; ++i)
            if (std::fabs(a[i * n + k]) > std::fabs(a[pivot * n + k])) pivot = i;
        for (std::size_t j = 0; j < n; ++j) std::swap(a[k * n + j], a[pivot * n + j]);
        product *= std::fabs(a[k * n + k]);
        for (std::size_t i = k + 1; i < n; ++i) {
            const double ratio = a[i * n + k] / a[k * n + k];
            for (std::size_t j = k; j < n; ++j) a[i * n + j] -= ratio * a[k * n + j];
        }
    }
    return product;
}

}  // namespace

TEST_CASE("the precision of effects is the inverse of the covariance that natural units say") {
    const EffectScales scales = three_correlated(2.0);
    Vector lambda(9), s(6);
    const double log_determinant = scales.precision(kTheta.data(), lambda.data());
    scales.to_natural(kTheta.data(), s.data());
    const double r[9] = {1.0, s[3], s[4], s[3], 1.0, s[5], s[4], s[5], 1.0};
    std::vector<double> covariance(9);
    for (std::size_t i = 0; i < 9; ++i) covariance[i] = r[i] * s[i / 3] * s[i % 3];
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
            double sum = 0.0;
            for (std::size_t k = 0; k < 3; ++k) sum += covariance[i * 3 + k] * lambda[k * 3 + j];
            CHECK(sum == doctest::Approx(i == j ? 1.0 : 0.0).epsilon(1e-12));
        }
    CHECK(log_determinant == doctest::Approx(-std::log(absolute_determinant(covariance, 3))).epsilon(1e-12));
}

TEST_CASE("scales come back from natural units and from their covariance") {
    const EffectScales scales = three_correlated(2.0);
    Vector natural(6), back(6), other(6);
    scales.to_natural(kTheta.data(), natural.data());
    REQUIRE(scales.from_natural(natural.data(), back.data()));
    std::vector<double> covariance(9);
    const double r[9] = {1.0,        natural[3], natural[4], natural[3], 1.0,
                         natural[5], natural[4], natural[5], 1.0};
    for (std::size_t i = 0; i < 9; ++i) covariance[i] = r[i] * natural[i / 3] * natural[i % 3];
    scales.from_covariance(covariance.data(), other.data());
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(back[i] == doctest::Approx(kTheta[i]).epsilon(1e-12));
        CHECK(other[i] == doctest::Approx(kTheta[i]).epsilon(1e-12));
    }
    natural[3] = 0.99;  // with the others no correlation matrix
    natural[4] = -0.99;
    CHECK_FALSE(scales.from_natural(natural.data(), back.data()));
}

// The density of LKJ(η) as its authors have it, |R|^{η − 1}, and the Jacobian by finite differences.
TEST_CASE("the density of θ is that of natural units times the Jacobian") {
    for (const double eta : {1.0, 2.0, 3.5}) {
        const EffectScales scales = three_correlated(eta);
        const auto ratio = [&](const Vector& theta) {
            std::vector<double> jacobian(36);
            for (std::size_t j = 0; j < 6; ++j) {
                Vector up = theta, down = theta, high(6), low(6);
                up[j] += 1e-5;
                down[j] -= 1e-5;
                scales.to_natural(up.data(), high.data());
                scales.to_natural(down.data(), low.data());
                for (std::size_t i = 0; i < 6; ++i) jacobian[i * 6 + j] = (high[i] - low[i]) / 2e-5;
            }
            return scales.log_prior(theta.data()) - scales.log_prior_natural(theta.data()) -
                   std::log(absolute_determinant(jacobian, 6));
        };
        const Vector other{-1.0, 0.4, 0.2, -0.3, 1.2, 0.1};
        CHECK(ratio(kTheta) == doctest::Approx(ratio(other)).epsilon(1e-8));
    }
}

TEST_CASE("a scale beyond what doubles can tell has no density") {
    const EffectScales scales({{ScalePrior::Family::half_normal, 0.0, 1.0}}, false, 1.0);
    for (const double theta : {-13.0, 13.0, std::nan("")}) CHECK(scales.log_prior(&theta) == -INFINITY);
}
