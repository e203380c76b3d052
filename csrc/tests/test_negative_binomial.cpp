#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

#include "likelihood/count_table.hpp"
#include "likelihood/negative_binomial.hpp"
#include "math/elementary.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"
#include "tests/chain_run.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"
#include "vi/extra_profile.hpp"

using namespace polyagamma;

namespace {

using Long = long double;

const NegativeBinomial::DispersionPrior kGamma{2.0, 1.0, 0.0};

struct Sums {
    Long value = 0.0L, slope = 0.0L;
};

Sums direct(const std::vector<double>& y, const std::vector<double>& w, Long r) {
    Sums sums;
    for (std::size_t i = 0; i < y.size(); ++i)
        for (Long k = 0.0L; k < (Long)y[i]; k += 1.0L) {
            sums.value += (Long)w[i] * std::log1p(k / r);
            sums.slope -= (Long)w[i] * k / (r + k);
        }
    return sums;
}

// The log density of all rows and of ρ, in long doubles.
Long log_density(const std::vector<double>& y, const std::vector<double>& w, const double* eta, Long rho,
                 const NegativeBinomial::DispersionPrior& prior) {
    const Long r = std::exp(rho);
    Long sum = direct(y, w, r).value + (Long)prior.shape * rho - (Long)prior.rate * r - (Long)prior.scale / r;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const Long t = (Long)eta[i] - rho;
        const Long logarithm = t > 0.0L ? t + std::log1p(std::exp(-t)) : std::log1p(std::exp(t));
        sum += (Long)w[i] * ((Long)y[i] * (Long)eta[i] - ((Long)y[i] + r) * logarithm);
    }
    return sum;
}

const std::vector<double> kCounts{0, 3, 1, 7, 0, 2, 250, 1, 0, 2000, 19};
const std::vector<double> kWeights{1, 2, 1, 0.5, 1, 1, 1, 3, 1, 1, 0};

Vector predictors(std::size_t padded, double scale) {
    Vector eta(padded);
    for (std::size_t i = 0; i < kCounts.size(); ++i) eta[i] = scale * std::sin(1.0 + 2.0 * (double)i);
    return eta;
}

}  // namespace

TEST_CASE("what counts and dispersion make alone is the sum over all smaller counts, at any dispersion") {
    const CountTable table(kCounts.data(), kWeights.data(), kCounts.size());
    for (double rho = -7.0; rho <= 28.0; rho += 0.7) {
        const CountTable::Value found = table.at(rho);
        const Sums truth = direct(kCounts, kWeights, std::exp((Long)rho));
        CHECK(std::fabs(found.value - (double)truth.value) < 1e-11 + 1e-13 * std::fabs((double)truth.value));
        CHECK(std::fabs(found.slope - (double)truth.slope) < 1e-11 + 1e-13 * std::fabs((double)truth.slope));
    }
}

TEST_CASE("many and large counts, as terms and by Stirling's series, in the same bits on every level") {
    std::vector<double> counts, weights;
    for (double k = 0.0; k < 70.0; k += 1.0) counts.push_back(std::floor(k * std::exp(0.12 * k)));
    for (std::size_t i = 0; i < counts.size(); ++i) weights.push_back(0.5 + 0.1 * (double)(i % 7));
    const CountTable table(counts.data(), weights.data(), counts.size());
    for (double rho = -7.0; rho <= 28.0; rho += 5.0) {
        const CountTable::Value found = table.at(rho);
        const Sums truth = direct(counts, weights, std::exp((Long)rho));
        CHECK(std::fabs(found.value - (double)truth.value) < 1e-11 + 1e-13 * std::fabs((double)truth.value));
        CHECK(std::fabs(found.slope - (double)truth.slope) < 1e-11 + 1e-13 * std::fabs((double)truth.slope));
        const double r = std::exp(rho);
        std::vector<Vector> sums;
        for (const char* level : {"baseline", "v3", "v4"}) {
            const Loops* simd = find_loops(level);
            if (simd == nullptr) continue;
            Vector all(2 * kPanelRows);
            simd->counts.rising_terms(counts.data(), weights.data(), r, 64, &all[0], &all[kPanelRows]);
            simd->counts.rising_series(counts.data(), weights.data(), r + 20, r, 64, &all[0],
                                       &all[kPanelRows]);
            sums.push_back(all);
            CHECK(sums.front() == all);
        }
    }
}

TEST_CASE("negative binomial rows have the derivatives of their log density, and every level the same bits") {
    const NegativeBinomial likelihood(kCounts.data(), kWeights.data(), kCounts.size(), kGamma);
    for (const double scale : {0.5, 8.0, 700.0}) {
        for (const double rho : {-6.0, 0.3, 4.0, 12.0, 27.0}) {
            const Vector eta = predictors(likelihood.padded(), scale);
            const RowBlock all{0, likelihood.padded(), likelihood.padded()};
            Vector derivative = eta, alone = eta, of_rho(kPanelRows), again(kPanelRows), lanes(kPanelRows);
            likelihood.derivative_at(&rho, all, derivative.data(), of_rho.data(), lanes.data());
            likelihood.derivative_at(&rho, all, alone.data(), again.data(), nullptr);
            CHECK(alone == derivative);
            CHECK(again == of_rho);
            double slope = sum_lanes(of_rho.data()), value = sum_lanes(lanes.data());
            value += likelihood.log_density_of_extras(&rho, &slope);
            const Long h = 1e-5L, here = log_density(kCounts, kWeights, eta.data(), rho, kGamma);
            CHECK(value == doctest::Approx((double)here).epsilon(1e-12));
            const Long numeric = (log_density(kCounts, kWeights, eta.data(), rho + h, kGamma) -
                                  log_density(kCounts, kWeights, eta.data(), rho - h, kGamma)) /
                                 (2.0L * h);
            CHECK(std::fabs(slope - (double)numeric) < 1e-6 * (1.0 + std::fabs((double)numeric)));
            for (std::size_t i = 0; i < kCounts.size(); ++i) {
                const Long r = std::exp((Long)rho),
                           share = 1.0L / (1.0L + std::exp((Long)rho - (Long)eta[i]));
                const Long exact = (Long)kWeights[i] * ((Long)kCounts[i] - ((Long)kCounts[i] + r) * share);
                CHECK(std::fabs(derivative[i] - (double)exact) <
                      1e-13 * (1.0 + std::fabs((double)exact)) + 1e-15 * kWeights[i] * kCounts[i]);
            }
            for (const char* level : {"baseline", "v3", "v4"}) {
                const Loops* simd = find_loops(level);
                if (simd == nullptr) continue;
                Vector other = eta, slopes(kPanelRows), values(kPanelRows), s(eta.size()), w(eta.size());
                std::copy(kWeights.begin(), kWeights.end(), w.begin());
                for (std::size_t i = 0; i < kCounts.size(); ++i) s[i] = kWeights[i] * kCounts[i];
                simd->counts.negative_binomial(s.data(), w.data(), rho, eta.size(), other.data(),
                                               slopes.data(), values.data());
                CHECK(other == derivative);
                CHECK(slopes == of_rho);
                CHECK(values == lanes);
            }
        }
    }
}

namespace {

// An intercept and log r of some counts; the counts of the first case are in the bulk, and those of the
// others near Poisson and next to nothing but zeros.
struct Case {
    Vector y;
    NegativeBinomial::DispersionPrior prior;
    double width;  // of the quadrature in log r
    double centre;
};

const Case kCases[] = {{{0, 3, 1, 7, 0, 2, 4, 1, 0}, kGamma, 6.0, 0.0},
                       {{5, 4, 6, 5, 5, 4, 6, 5, 5, 4}, {-2.0, 0.0, 1.5}, 9.0, 2.0},
                       {{0, 0, 0, 0, 1, 0, 0, 0}, {-0.5, 0.0, 0.5}, 9.0, 0.5}};

struct InterceptModel {
    explicit InterceptModel(const Case& one)
        : ones(one.y.size(), 1.0),
          weights(one.y.size(), 1.0),
          likelihood(one.y.data(), weights.data(), one.y.size(), one.prior),
          own(std::make_shared<FixedPrior>(GaussianPrior(&mean, &precision, 1, true))),
          prior(own, 1),
          model{{ones.data(), one.y.size(), 2, false, nullptr, 1},
                Vector(likelihood.padded()),
                likelihood,
                prior,
                reference::blas()} {}
    const double mean = 0.5, precision = 0.7;
    std::vector<double> ones, weights;
    NegativeBinomial likelihood;
    std::shared_ptr<Prior> own;
    ExtendedPrior prior;
    LinearModel model;
};

}  // namespace

TEST_CASE("coefficients and log dispersion of counts agree with quadrature, by every kernel") {
    constexpr std::size_t kSweeps = 40000;
    for (const Case& one : kCases) {
        const InterceptModel intercept(one);
        const std::vector<double> y(one.y.begin(), one.y.end());
        const auto density = [&](const double* at) {
            const std::vector<double> eta(y.size(), at[0]);
            const double deviation = at[0] - intercept.mean;
            return (double)log_density(y, intercept.weights, eta.data(), at[1], one.prior) -
                   0.5 * intercept.precision * deviation * deviation;
        };
        const fixtures::Moments exact = fixtures::quadrature(density, {{0.5, one.centre}, {5.0, one.width}});
        for (const TransitionKernel kernel :
             {TransitionKernel::gibbs, TransitionKernel::automatic, TransitionKernel::hmc}) {
            fixtures::Run run(intercept.model, nullptr, {kernel, 400, 1});
            REQUIRE(run.chains->start(nullptr).ok());
            run.advance(400, 400);
            run.advance(kSweeps, kSweeps);
            std::vector<double> pairs;
            for (std::size_t draw = 0; draw < run.beta.size(); ++draw) {
                pairs.push_back(run.beta[draw]);
                pairs.push_back(run.parameters[draw]);
            }
            CHECK(fixtures::worst_score(pairs, 4, kSweeps, exact) < 6.0);
            for (const std::size_t draw : {0u, 1234u, 159999u})
                CHECK(run.lp[draw] == doctest::Approx(density(&pairs[2 * draw])).epsilon(1e-11));
        }
    }
}

TEST_CASE("with a known dispersion the coefficients alone are sampled, by every kernel") {
    constexpr std::size_t kSweeps = 40000;
    constexpr double kRho = 0.4;
    const Vector y = kCases[0].y, weights(y.size(), 1.0);
    const std::vector<double> counts(y.begin(), y.end()), ones(y.size(), 1.0);
    std::vector<double> x(2 * y.size(), 1.0);
    for (std::size_t i = 0; i < y.size(); ++i) x[2 * i + 1] = std::sin(3.0 * (double)i);
    const NegativeBinomial likelihood(y.data(), weights.data(), y.size(), kRho);
    const double mean[] = {0.5, 0.0}, precision[] = {0.7, 1.0};
    const FixedPrior prior({mean, precision, 2, true});
    const LinearModel model{
        {x.data(), y.size(), 2, false}, Vector(likelihood.padded()), likelihood, prior, reference::blas()};
    const fixtures::Moments exact = fixtures::quadrature(
        [&](const double* at) {
            std::vector<double> eta(y.size());
            for (std::size_t i = 0; i < y.size(); ++i) eta[i] = at[0] + x[2 * i + 1] * at[1];
            return (double)log_density(counts, ones, eta.data(), kRho, {0.0, 0.0, 0.0}) -
                   0.35 * (at[0] - 0.5) * (at[0] - 0.5) - 0.5 * at[1] * at[1];
        },
        {{0.5, 0.0}, {5.0, 5.0}});
    for (const TransitionKernel kernel :
         {TransitionKernel::gibbs, TransitionKernel::automatic, TransitionKernel::hmc}) {
        fixtures::Run run(model, nullptr, {kernel, 400, 1});
        REQUIRE(run.chains->start(nullptr).ok());
        run.advance(400, 400);
        run.advance(kSweeps, kSweeps);
        CHECK(run.own == 0);
        CHECK(fixtures::worst_score(run.beta, 4, kSweeps, exact) < 6.0);
    }
}

TEST_CASE("a warp is found where log r is skewed, and makes its posterior normal") {
    const InterceptModel bulk(
        {{3, 5, 2, 40, 0, 11, 7, 1, 0, 25, 3, 9, 14, 2, 6, 30, 8, 1, 4, 12}, {400.0, 400.0, 0.0}, 1.0, 0.0});
    const InterceptModel skewed(kCases[1]);
    for (const InterceptModel* one : {&bulk, &skewed}) {
        const Whitening whitening(one->model);
        Mode mode;
        REQUIRE(find_mode(whitening, one->likelihood, mode).ok());
        const std::optional<Warp> warp = find_warp(whitening, one->likelihood, mode);
        REQUIRE(warp.has_value() == (one == &skewed));
        if (!warp) continue;
        // Its share of the exact posterior below each knot, by sums over a grid of ρ and the intercept.
        const std::vector<double> y(kCases[1].y.begin(), kCases[1].y.end());
        Vector at, mass;
        double total = 0.0;
        for (double rho = -4.0; rho < 30.0; rho += 0.05) {
            double sum = 0.0;
            for (double intercept = -1.0; intercept < 4.0; intercept += 0.05) {
                const std::vector<double> eta(y.size(), intercept);
                sum += std::exp((double)log_density(y, one->weights, eta.data(), rho, kCases[1].prior) -
                                0.35 * (intercept - 0.5) * (intercept - 0.5) - 40.0);
            }
            at.push_back(rho + 0.025);
            mass.push_back(total += sum);
        }
        for (std::size_t i = 3; i < Warp::kKnots - 3; ++i) {
            const double rho = warp->values()[i];
            const auto cell =
                static_cast<std::size_t>(std::upper_bound(at.begin(), at.end(), rho) - at.begin());
            const double part = (rho - at[cell - 1]) / (at[cell] - at[cell - 1]);
            const double share = (mass[cell - 1] + part * (mass[cell] - mass[cell - 1])) / total;
            CHECK(std::fabs(share - 0.5 * std::erfc(-Warp::knot(i) * std::sqrt(0.5))) < 0.02);
        }
    }
}

TEST_CASE("the density of a warped log r has its Jacobian, and the derivative that belongs to it") {
    NegativeBinomial likelihood(kCounts.data(), kWeights.data(), kCounts.size(), kGamma);
    Vector values;
    for (std::size_t i = 0; i < Warp::kKnots; ++i) values.push_back(std::exp(0.4 * Warp::knot(i)));
    const std::optional<Warp> warp = Warp::through(values);
    REQUIRE(warp.has_value());
    const auto at = [&](double z, double* slope) {
        Vector eta = predictors(likelihood.padded(), 0.5), of_rho(kPanelRows), lanes(kPanelRows);
        likelihood.derivative_at(&z, {0, likelihood.padded(), likelihood.padded()}, eta.data(), of_rho.data(),
                                 lanes.data());
        *slope = sum_lanes(of_rho.data());
        return sum_lanes(lanes.data()) + likelihood.log_density_of_extras(&z, slope);
    };
    for (const double z : {-6.0, -3.5, -1.3, 0.2, 2.9, 4.0}) {
        double unused, slope;
        likelihood.set_warp({});
        const NaturalSpline::Value rho = warp->at(z);
        const double plain = at(rho.value, &unused);
        likelihood.set_warp(*warp);
        CHECK(at(z, &slope) == doctest::Approx(plain + std::log(rho.slope)).epsilon(1e-12));
        const double h = 1e-5, numeric = (at(z + h, &unused) - at(z - h, &unused)) / (2.0 * h);
        CHECK(slope == doctest::Approx(numeric).epsilon(1e-6));
        CHECK(warp->inverse(rho.value) == doctest::Approx(z).epsilon(1e-12));
    }
}

TEST_CASE("a dispersion beyond double precision has no density, so that a wild step is rejected") {
    const NegativeBinomial likelihood(kCounts.data(), kWeights.data(), kCounts.size(), {0.5, 0.0, 0.0});
    double slope = 0.0;
    for (const double rho : {-699.0, 699.0})
        CHECK(std::isfinite(likelihood.log_density_of_extras(&rho, &slope)));
    for (const double rho : {-701.0, 1e4, -kInfinity, kInfinity, std::nan("")})
        CHECK(likelihood.log_density_of_extras(&rho, &slope) == -kInfinity);
}

TEST_CASE("a warp increases, and is smooth") {
    Vector values;
    for (std::size_t i = 0; i < Warp::kKnots; ++i) values.push_back(Warp::knot(i));
    values[7] = 0.45;  // still ascending, but the spline would swing back
    CHECK(!Warp::through(values));
    values[7] = 0.05;
    const std::optional<Warp> warp = Warp::through(values);
    REQUIRE(warp.has_value());
    for (const double z : {-3.5, -3.0, 0.0, 0.5, 3.5}) {
        const NaturalSpline::Value left = warp->at(z - 1e-7), right = warp->at(z + 1e-7);
        CHECK(std::fabs(right.value - left.value) < 1e-6);
        CHECK(std::fabs(right.slope - left.slope) < 1e-6);
        CHECK(std::fabs(right.bend - left.bend) < 1e-5);
    }
}

TEST_CASE("chains of counts go on with the same bits, on any number of threads") {
    const InterceptModel intercept(kCases[1]);  // whose log r is warped
    for (const TransitionKernel kernel : {TransitionKernel::gibbs, TransitionKernel::automatic}) {
        fixtures::Run whole(intercept.model, nullptr, {kernel, 50, 1});
        REQUIRE(whole.chains->start(nullptr).ok());
        whole.advance(37, 37);
        const State state = whole.chains->state();
        fixtures::Run other(intercept.model, nullptr, {kernel, 50, 3});
        REQUIRE(other.chains->restore(state, 37));
        for (std::size_t c = 0; c < 4; ++c) *other.generators[c] = *whole.generators[c];
        whole.advance(40, 40);
        other.advance(40, 7);
        CHECK(other.beta == whole.beta);
        CHECK(other.parameters == whole.parameters);
    }
}
