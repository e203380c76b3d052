#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "terms/full_process.hpp"
#include "terms/low_rank_process.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

using Matrix = std::vector<std::vector<double>>;
constexpr std::size_t kN = 5;
const double kOmega[kN] = {0.2, 0.05, 1.5, 0.3, 7.0};
const double kLinear[kN] = {0.5, -0.5, 1.2, -2.0, 0.1};
const PseudoData kRows{kN, kOmega, kLinear};

double kernel(std::size_t i, std::size_t j, double theta) {
    const double distance = static_cast<double>(i) - static_cast<double>(j);
    return 3.0 * std::exp(-std::fabs(distance) * std::exp(-theta));
}

class Exponential final : public CovarianceFunction {
  public:
    Status evaluate(const double* theta, double* matrix) override {
        for (std::size_t i = 0; i < kN; ++i)
            for (std::size_t j = 0; j <= i; ++j) matrix[i * kN + j] = kernel(i, j, *theta);
        return {};
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

constexpr std::size_t kM = 3;

double feature(std::size_t i, std::size_t j, double theta) {
    return std::sin(theta + 1.3 * static_cast<double>(i * i + 2 * j));
}
double own_variance(std::size_t i, double theta) {
    return i == 2 ? 0.0 : 0.4 * theta * theta * static_cast<double>(i + 1);
}

class Waves final : public FeatureFunction {
  public:
    Status evaluate(const double* theta, Features& features) override {
        for (std::size_t i = 0; i < kN; ++i) {
            features.variance[i] = own_variance(i, *theta);
            for (std::size_t j = 0; j < kM; ++j) features.matrix.panel(0)[i * kM + j] = feature(i, j, *theta);
        }
        features.matrix.pack_in_place();
        return {};
    }
};

// The block under test, and the covariance of g that it stands for.
struct Full {
    Exponential function;
    FullProcess block{kN, function, reference::blas()};
    static double prior(std::size_t i, std::size_t j, double theta) { return kernel(i, j, theta); }
};
struct Sparse {
    Waves function;
    LowRankProcess block{kN, kM, function, reference::blas()};
    static double prior(std::size_t i, std::size_t j, double theta) {
        double sum = i == j ? own_variance(i, theta) : 0.0;
        for (std::size_t k = 0; k < kM; ++k) sum += feature(i, k, theta) * feature(j, k, theta);
        return sum;
    }
};

// K + Ω⁻¹, in which K need not be invertible.
Matrix data_precision(double (*prior)(std::size_t, std::size_t, double), double theta, double& log_det) {
    Matrix total(kN, std::vector<double>(kN));
    for (std::size_t i = 0; i < kN; ++i)
        for (std::size_t j = 0; j < kN; ++j)
            total[i][j] = prior(i, j, theta) + (i == j ? 1.0 / kOmega[i] : 0.0);
    return inverse(total, log_det);
}

// log N(z; 0, K + Ω⁻¹) without 2π
double log_evidence(double (*prior)(std::size_t, std::size_t, double), double theta) {
    double log_det, quadratic = 0.0;
    const Matrix precision = data_precision(prior, theta, log_det);
    for (std::size_t i = 0; i < kN; ++i)
        for (std::size_t j = 0; j < kN; ++j)
            quadratic += kLinear[i] / kOmega[i] * precision[i][j] * kLinear[j] / kOmega[j];
    return -0.5 * (log_det + quadratic);
}

double condition(Term& block, Side side, double theta) {
    double evidence = 0.0;
    REQUIRE(block.load(side, &theta).ok());
    REQUIRE(block.condition(side, kRows, evidence).ok());
    return evidence;
}

std::vector<double> unit_vector(std::size_t size, std::size_t unit) {
    std::vector<double> x(size);
    if (unit < size) x[unit] = 1.0;
    return x;
}

// g, which is an affine function of the noise.
std::vector<double> draw(Term& block, Side side, const std::vector<double>& noise,
                         std::vector<double>& whitened) {
    std::vector<double> g(kN);
    whitened.resize(block.whitened_size());
    REQUIRE(block.draw(side, kRows, noise.data(), whitened.data(), g.data()).ok());
    return g;
}

void check_equal(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-10));
}

}  // namespace

TEST_CASE_TEMPLATE("a draw has the mean and covariance of g given omega", Kind, Full, Sparse) {
    Kind kind;
    Term& block = kind.block;
    for (const Side side : {Side::current, Side::proposed}) {
        const double theta = side == Side::current ? 0.3 : -0.8;
        condition(block, side, theta);
        std::vector<double> whitened;
        const std::size_t size = block.noise_size();
        const std::vector<double> mean = draw(block, side, unit_vector(size, size), whitened);
        Matrix found(kN, std::vector<double>(kN));
        for (std::size_t unit = 0; unit < size; ++unit) {
            const std::vector<double> g = draw(block, side, unit_vector(size, unit), whitened);
            for (std::size_t i = 0; i < kN; ++i)
                for (std::size_t j = 0; j < kN; ++j) found[i][j] += (g[i] - mean[i]) * (g[j] - mean[j]);
        }
        double ignored;
        const Matrix precision = data_precision(Kind::prior, theta, ignored);
        for (std::size_t i = 0; i < kN; ++i) {  // K - K (K + Ω⁻¹)⁻¹ K, and K (K + Ω⁻¹)⁻¹ z
            double expected = 0.0;
            for (std::size_t j = 0; j < kN; ++j) {
                double covariance = Kind::prior(i, j, theta);
                for (std::size_t a = 0; a < kN; ++a) {
                    expected += Kind::prior(i, j, theta) * precision[j][a] * kLinear[a] / kOmega[a];
                    for (std::size_t b = 0; b < kN; ++b)
                        covariance -= Kind::prior(i, a, theta) * precision[a][b] * Kind::prior(b, j, theta);
                }
                CHECK(found[i][j] == doctest::Approx(covariance).epsilon(1e-10));
            }
            CHECK(mean[i] == doctest::Approx(expected).epsilon(1e-10));
        }
    }
}

TEST_CASE_TEMPLATE("the evidence is that of Gaussian data, up to what theta does not change", Kind, Full,
                   Sparse) {
    Kind kind;
    const double difference =
        condition(kind.block, Side::proposed, -0.8) - condition(kind.block, Side::current, 0.3);
    const double expected = log_evidence(Kind::prior, -0.8) - log_evidence(Kind::prior, 0.3);
    CHECK(difference == doctest::Approx(expected).epsilon(1e-10));
}

TEST_CASE_TEMPLATE("products with the covariance of (nu, g) and g agree with the draws", Kind, Full, Sparse) {
    Kind kind;
    Term& block = kind.block;
    condition(block, Side::current, 0.3);
    const std::size_t size = block.noise_size(), m = block.whitened_size();
    std::vector<double> whitened, mean_of_nu, nu(m), g(kN);
    const std::vector<double> mean = draw(block, Side::current, unit_vector(size, size), mean_of_nu);
    Matrix of_nu(m, std::vector<double>(kN)), of_g(kN, std::vector<double>(kN));
    for (std::size_t unit = 0; unit < size; ++unit) {
        const std::vector<double> x = draw(block, Side::current, unit_vector(size, unit), whitened);
        for (std::size_t j = 0; j < kN; ++j) {
            for (std::size_t i = 0; i < m; ++i)
                of_nu[i][j] += (whitened[i] - mean_of_nu[i]) * (x[j] - mean[j]);
            for (std::size_t i = 0; i < kN; ++i) of_g[i][j] += (x[i] - mean[i]) * (x[j] - mean[j]);
        }
    }
    for (std::size_t j = 0; j < kN; ++j) {
        REQUIRE(block.covariance_product(Side::current, kRows, unit_vector(kN, j).data(), nu.data(), g.data())
                    .ok());
        for (std::size_t i = 0; i < m; ++i) CHECK(nu[i] == doctest::Approx(of_nu[i][j]).epsilon(1e-9));
        for (std::size_t i = 0; i < kN; ++i) CHECK(g[i] == doctest::Approx(of_g[i][j]).epsilon(1e-9));
    }
    REQUIRE(block.covariance_product(Side::current, kRows, kLinear, nu.data(), g.data()).ok());
    check_equal(nu, mean_of_nu);
    check_equal(g, mean);
}

TEST_CASE_TEMPLATE("g is T nu with T Tᵀ = K, for the parameters of each side, also after a swap", Kind, Full,
                   Sparse) {
    Kind kind;
    Term& block = kind.block;
    condition(block, Side::current, 0.3);
    condition(block, Side::proposed, -0.8);
    block.swap_sides();
    std::vector<double> whitened, g(kN);
    const std::vector<double> drawn =
        draw(block, Side::current, unit_vector(block.noise_size(), 0), whitened);
    REQUIRE(block.transform(Side::current, whitened.data(), g.data()).ok());
    check_equal(g, drawn);
    for (const Side side : {Side::current, Side::proposed}) {
        Matrix found(kN, std::vector<double>(kN));
        for (std::size_t unit = 0; unit < block.whitened_size(); ++unit) {
            const std::vector<double> nu = unit_vector(block.whitened_size(), unit);
            REQUIRE(block.transform(side, nu.data(), g.data()).ok());
            for (std::size_t i = 0; i < kN; ++i)
                for (std::size_t j = 0; j < kN; ++j) found[i][j] += g[i] * g[j];
        }
        const double theta = side == Side::current ? -0.8 : 0.3;
        for (std::size_t i = 0; i < kN; ++i)
            for (std::size_t j = 0; j < kN; ++j)
                CHECK(found[i][j] == doctest::Approx(Kind::prior(i, j, theta)).epsilon(1e-11));
    }
}

TEST_CASE_TEMPLATE("the noise of a draw can be drawn back", Kind, Full, Sparse) {
    Kind kind;
    Term& block = kind.block;
    condition(block, Side::current, 0.3);
    const std::size_t size = block.noise_size();
    // The noise found is an affine function of the noise that was (first) and of fresh noise (second).
    const auto found = [&](std::size_t first, std::size_t second) {
        std::vector<double> whitened, again, noise = unit_vector(size, second);
        const std::vector<double> g = draw(block, Side::current, unit_vector(size, first), whitened);
        REQUIRE(block.invert_draw(kRows, whitened.data(), g.data(), noise.data()).ok());
        check_equal(draw(block, Side::current, noise, again), g);
        check_equal(again, whitened);
        return noise;
    };
    const std::vector<double> zero = found(size, size);
    Matrix covariance(size, std::vector<double>(size));
    for (std::size_t unit = 0; unit < 2 * size; ++unit) {
        const std::vector<double> noise = unit < size ? found(unit, size) : found(size, unit - size);
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j)
                covariance[i][j] += (noise[i] - zero[i]) * (noise[j] - zero[j]);
    }
    for (std::size_t i = 0; i < size; ++i)  // standard normal again
        for (std::size_t j = 0; j < size; ++j)
            CHECK(covariance[i][j] == doctest::Approx(i == j ? 1.0 : 0.0).epsilon(1e-9));
}

TEST_CASE("a sparse block takes all rows of all blocks, and no row that fills up the last panel") {
    constexpr std::size_t kMany = 603;
    auto features = std::make_shared<Features>(kMany, kM);
    std::vector<double> omega(kMany), linear(kMany), h(kMany), d(kMany);
    for (std::size_t i = 0; i < kMany; ++i) {
        for (std::size_t j = 0; j < kM; ++j) features->matrix.panel(0)[i * kM + j] = feature(i, j, 0.3);
        features->variance[i] = own_variance(i % 7, 0.3);
        omega[i] = 0.1 + 0.01 * static_cast<double>(i % 50);
        linear[i] = std::sin(static_cast<double>(i));
        h[i] = std::cos(static_cast<double>(3 * i));
        d[i] = 1.0 / (1.0 + features->variance[i] * omega[i]);
    }
    features->matrix.pack_in_place();
    double* last = features->matrix.panel(kMany / kPanelRows);
    for (std::size_t lane = kMany % kPanelRows; lane < kPanelRows; ++lane)
        for (std::size_t j = 0; j < kM; ++j) last[j * kPanelRows + lane] = 1e3;

    Matrix b(kM, std::vector<double>(kM));
    std::vector<double> of_linear(kM), of_h(kM);  // Φᵀ d linear, Φᵀ d h
    double expected = 0.0, log_det;
    for (std::size_t j = 0; j < kM; ++j) b[j][j] = 1.0;
    for (std::size_t i = 0; i < kMany; ++i) {
        expected += 0.5 * (std::log(d[i]) - d[i] * linear[i] * linear[i] / omega[i]);
        for (std::size_t j = 0; j < kM; ++j) {
            of_linear[j] += feature(i, j, 0.3) * d[i] * linear[i];
            of_h[j] += feature(i, j, 0.3) * d[i] * h[i];
            for (std::size_t k = 0; k < kM; ++k)
                b[j][k] += feature(i, j, 0.3) * d[i] * omega[i] * feature(i, k, 0.3);
        }
    }
    const Matrix covariance = inverse(b, log_det);
    const auto times_covariance = [&](const std::vector<double>& x) {
        std::vector<double> y(kM);
        for (std::size_t j = 0; j < kM; ++j)
            for (std::size_t k = 0; k < kM; ++k) y[j] += covariance[j][k] * x[k];
        return y;
    };
    const std::vector<double> mean = times_covariance(of_linear), shift = times_covariance(of_h);
    for (std::size_t j = 0; j < kM; ++j) expected += 0.5 * of_linear[j] * mean[j];

    LowRankProcess block(kMany, kM, features, reference::blas());
    const PseudoData rows{kMany, omega.data(), linear.data()};
    double evidence;
    REQUIRE(block.condition(Side::current, rows, evidence).ok());
    CHECK(evidence == doctest::Approx(expected - 0.5 * log_det).epsilon(1e-11));
    const std::vector<double> no_noise(kM + kMany);
    std::vector<double> nu(kM + kMany), g(kMany), transformed(kMany);
    const auto check = [&](const std::vector<double>& v, const std::vector<double>& direction) {
        for (std::size_t i = 0; i < kMany; ++i) {
            double low_rank = 0.0;
            for (std::size_t j = 0; j < kM; ++j) low_rank += feature(i, j, 0.3) * v[j];
            CHECK(g[i] ==
                  doctest::Approx(d[i] * (low_rank + features->variance[i] * direction[i])).epsilon(1e-10));
        }
        REQUIRE(block.transform(Side::current, nu.data(), transformed.data()).ok());
        check_equal(transformed, g);
    };
    REQUIRE(block.draw(Side::current, rows, no_noise.data(), nu.data(), g.data()).ok());
    check(mean, linear);
    REQUIRE(block.covariance_product(Side::current, rows, h.data(), nu.data(), g.data()).ok());
    check(shift, h);
}

TEST_CASE("a covariance that is not positive definite is undefined") {
    class Flat final : public CovarianceFunction {
        Status evaluate(const double*, double* matrix) override {
            for (std::size_t i = 0; i < kN * kN; ++i) matrix[i] = i % (kN + 1) == 0 ? 1.0 : 2.0;
            return {};
        }
    } flat;
    Covariance matrix(kN, reference::blas());
    CHECK(matrix.evaluate(flat, nullptr).ok());
    Factorizer factorizer(reference::blas(), kN);
    CHECK(matrix.factor(factorizer).kind != Status::Kind::ok);
}
