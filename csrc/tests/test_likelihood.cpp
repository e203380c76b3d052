#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "likelihood/binomial.hpp"
#include "likelihood/likelihood.hpp"
#include "likelihood/registry.hpp"
#include "tests/chain_run.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

constexpr std::size_t kN = 13;

std::unique_ptr<Likelihood> make(const char* name, const std::vector<Vector>& arrays) {
    const auto* kind = Registry<Likelihood>::find(name);
    REQUIRE(kind != nullptr);
    return kind->make(kN, arrays);
}

// Every registered likelihood, of rows that differ.
std::vector<std::unique_ptr<Likelihood>> every_likelihood() {
    Vector b(kN), kappa(kN), counts(kN), weights(kN);
    for (std::size_t i = 0; i < kN; ++i) {
        const double t = static_cast<double>(i);
        b[i] = 0.5 + t;
        kappa[i] = 0.3 * b[i] - 0.1 * t;
        counts[i] = static_cast<double>(i % 4);
        weights[i] = 0.5 + 0.25 * t;
    }
    std::vector<std::unique_ptr<Likelihood>> all;
    all.push_back(make("binomial", {b, kappa}));
    all.push_back(make("poisson", {counts, weights}));
    all.push_back(make("negative_binomial", {counts, weights, {0.8}}));
    return all;
}

struct Values {
    Vector derivative, curvature;
    double log_density;
};

Values at(const Likelihood& likelihood, const Vector& eta) {
    const RowBlock all{0, likelihood.padded(), likelihood.padded()};
    Values values{eta, eta, 0.0};
    Vector lanes(kPanelRows), alone = eta;
    likelihood.derivative_and_log_density(all, values.derivative.data(), lanes.data());
    likelihood.derivative(all, alone.data());
    CHECK(alone == values.derivative);
    likelihood.curvature(all, values.curvature.data());
    for (const double lane : lanes) values.log_density += lane;
    return values;
}

Vector predictors(const Likelihood& likelihood) {
    Vector eta(likelihood.padded());
    for (std::size_t i = 0; i < likelihood.rows(); ++i) eta[i] = 0.4 * static_cast<double>(i) - 2.0;
    return eta;
}

// Negative binomial rows with log mean η, p(y) ∝ Γ(y + r) / Γ(r) σ^y (1 − σ)^r with σ = expit(η − log r), the
// dispersion r ~ gamma(2, 1) sampled with ω marginalised: a likelihood with a parameter of its own.
class OverdispersedCounts final : public Likelihood {
  public:
    OverdispersedCounts(const Vector& y, double r) : Likelihood(y.size()), y_(y) { set_parameters(&r); }
    OverdispersedCounts(const OverdispersedCounts& other) : OverdispersedCounts(other.y_, other.r_) {}

    void derivative(RowBlock rows, double* eta) const override {
        for (std::size_t i = 0; i < rows.count; ++i) eta[i] = slope(rows.first + i, eta[i]);
    }
    void derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const override {
        for (std::size_t i = 0; i < rows.count; ++i) {
            if (rows.first + i < this->rows())
                log_density[i % kPanelRows] += row_density(y_[rows.first + i], eta[i], r_);
            eta[i] = slope(rows.first + i, eta[i]);
        }
    }
    void curvature(RowBlock rows, double* eta) const override {
        for (std::size_t i = 0; i < rows.count; ++i) {
            const double share = expit(eta[i] - std::log(r_));
            eta[i] = b_[rows.first + i] * share * (1.0 - share);
        }
    }
    const PolyaGammaForm* polya_gamma() const override { return &form_; }
    std::unique_ptr<Likelihood> merged(const std::vector<std::size_t>&, std::size_t) const override {
        return nullptr;
    }
    std::unique_ptr<Likelihood> for_chain() const override {
        return std::make_unique<OverdispersedCounts>(*this);
    }
    Vector parameters() const override { return {r_}; }
    void set_parameters(const double* r) override {
        r_ = *r;
        b_.assign(padded(), 0.0);
        kappa_.assign(padded(), 0.0);
        for (std::size_t i = 0; i < rows(); ++i) {
            b_[i] = y_[i] + r_;
            kappa_[i] = 0.5 * (y_[i] - r_);
        }
        form_ = {b_.data(), kappa_.data(), -std::log(r_)};
    }
    // A Metropolis step of log r.
    void update_parameters(const double* eta, BitGen& bitgen) override {
        const double step = 2.0 * (bitgen.next_double(bitgen.state) - 0.5);
        const double proposal = r_ * std::exp(1.5 * step);
        const double change = target(eta, proposal) - target(eta, r_);
        if (std::log(bitgen.next_double(bitgen.state)) < change) set_parameters(&proposal);
    }
    double log_prior() const override { return log_prior_of(r_); }

    static double log_prior_of(double r) { return 2.0 * std::log(r) - r; }  // of log r
    static double row_density(double y, double eta, double r) {
        const double psi = eta - std::log(r);
        double rising = 0.0;  // log Γ(y + r) / Γ(r); lgamma itself is not safe on several threads
        for (double k = 0.0; k < y; k += 1.0) rising += std::log(r + k);
        return rising + y * psi - (y + r) * std::log1p(std::exp(psi));
    }

  private:
    static double expit(double x) { return 1.0 / (1.0 + std::exp(-x)); }
    double slope(std::size_t row, double eta) const {
        return kappa_[row] - b_[row] * (expit(eta - std::log(r_)) - 0.5);
    }
    double target(const double* eta, double r) const {
        double sum = log_prior_of(r);
        for (std::size_t i = 0; i < rows(); ++i) sum += row_density(y_[i], eta[i], r);
        return sum;
    }

    Vector y_;
    double r_ = 1.0;
    Vector b_, kappa_;
    PolyaGammaForm form_{nullptr, nullptr};
};

}  // namespace

TEST_CASE("derivatives and curvatures of likelihoods are those of their log densities") {
    constexpr double kStep = 1e-5;
    for (const auto& likelihood : every_likelihood()) {
        const Vector eta = predictors(*likelihood);
        const Values here = at(*likelihood, eta);
        for (std::size_t i = 0; i < kN; ++i) {
            Vector below = eta, above = eta;
            below[i] -= kStep;
            above[i] += kStep;
            const Values low = at(*likelihood, below), high = at(*likelihood, above);
            CHECK(here.derivative[i] ==
                  doctest::Approx((high.log_density - low.log_density) / (2.0 * kStep)).epsilon(1e-6));
            CHECK(here.curvature[i] ==
                  doctest::Approx((low.derivative[i] - high.derivative[i]) / (2.0 * kStep)).epsilon(1e-6));
        }
        for (std::size_t i = kN; i < likelihood->padded(); ++i) CHECK(here.derivative[i] == 0.0);
    }
}

TEST_CASE("merged rows have the density of those that they stand for, but for a constant") {
    for (const auto& likelihood : every_likelihood()) {
        std::vector<std::size_t> place(kN);
        for (std::size_t i = 0; i < kN; ++i) place[i] = i % 3;
        const auto merged = likelihood->merged(place, 3);
        REQUIRE(merged != nullptr);
        const auto difference = [&](double shift) {
            Vector many(likelihood->padded()), few(merged->padded());
            for (std::size_t k = 0; k < 3; ++k) few[k] = shift * (static_cast<double>(k) - 0.7);
            for (std::size_t i = 0; i < kN; ++i) many[i] = few[place[i]];
            return at(*likelihood, many).log_density - at(*merged, few).log_density;
        };
        CHECK(difference(0.8) == doctest::Approx(difference(-0.3)).epsilon(1e-12));
    }
}

TEST_CASE("a likelihood without a Pólya-gamma form is sampled by trajectories alone") {
    constexpr std::size_t kRows = 11, kSweeps = 20000;
    fixtures::Problem problem = fixtures::make_problem(kRows, 2, 90, 1.5);
    Vector y(kRows), weights(kRows, 1.0);
    for (std::size_t i = 0; i < kRows; ++i) y[i] = static_cast<double>((7 * i) % 4);
    problem.offset.assign(kRows, 0.3);
    const auto poisson = Registry<Likelihood>::find("poisson")->make(kRows, {y, weights});
    const FixedPrior prior({problem.mean.data(), problem.precision.data(), 2, true});
    Vector offset(problem.offset.begin(), problem.offset.end());
    offset.resize(poisson->padded());
    const LinearModel model{
        {problem.design.data(), kRows, 2, false}, offset, *poisson, prior, reference::blas()};
    const fixtures::Moments exact = fixtures::quadrature(
        [&](const double* beta) {
            double sum = 0.0;
            for (std::size_t i = 0; i < kRows; ++i) {
                const double eta =
                    0.3 + problem.design[2 * i] * beta[0] + problem.design[2 * i + 1] * beta[1];
                sum += y[i] * eta - std::exp(eta);
            }
            for (std::size_t j = 0; j < 2; ++j) sum -= 0.5 * problem.precision[j] * beta[j] * beta[j];
            return sum;
        },
        {{0.0, 0.0}, {4.0, 4.0}});
    for (const TransitionKernel kernel : {TransitionKernel::automatic, TransitionKernel::hmc}) {
        fixtures::Run run(model, nullptr, {kernel, 400, 1});
        REQUIRE(run.chains->start(nullptr).ok());
        run.advance(400, 400);
        CHECK(run.sampler->schedule().gibbs_every == 0);
        run.advance(kSweeps, kSweeps);
        CHECK(fixtures::worst_score(run.beta, 4, kSweeps, exact) < 6.0);
    }
}

TEST_CASE("a likelihood's own parameters are sampled with the coefficients") {
    constexpr std::size_t kRows = 9, kSweeps = 40000;
    const Vector y{0, 3, 1, 7, 0, 2, 4, 1, 0};
    const std::vector<double> ones(kRows, 1.0);
    const OverdispersedCounts likelihood(y, 1.0);
    const double mean = 0.5, precision = 0.7;
    const FixedPrior prior({&mean, &precision, 1, true});
    const LinearModel model{
        {ones.data(), kRows, 1, false}, Vector(likelihood.padded()), likelihood, prior, reference::blas()};
    const auto log_density = [&](const double* at) {  // the coefficient and log r
        double sum = OverdispersedCounts::log_prior_of(std::exp(at[1]));
        for (const double count : y) sum += OverdispersedCounts::row_density(count, at[0], std::exp(at[1]));
        return sum - 0.5 * precision * (at[0] - mean) * (at[0] - mean);
    };
    const fixtures::Moments exact = fixtures::quadrature(log_density, {{0.5, 0.0}, {5.0, 6.0}});
    for (const TransitionKernel kernel :
         {TransitionKernel::gibbs, TransitionKernel::automatic, TransitionKernel::hmc}) {
        fixtures::Run run(model, nullptr, {kernel, 400, 1});
        REQUIRE(run.chains->start(nullptr).ok());
        run.advance(400, 400);
        run.advance(kSweeps, kSweeps);
        std::vector<double> pairs;
        for (std::size_t draw = 0; draw < run.beta.size(); ++draw) {
            pairs.push_back(run.beta[draw]);
            pairs.push_back(std::log(run.parameters[draw]));
        }
        CHECK(fixtures::worst_score(pairs, 4, kSweeps, exact) < 6.0);
        for (const std::size_t draw : {0u, 1234u, 159999u})
            CHECK(run.lp[draw] == doctest::Approx(log_density(&pairs[2 * draw])).epsilon(1e-11));
    }
}

TEST_CASE("chains with parameters of their own go on with the same bits, on any number of threads") {
    const Vector y{0, 3, 1, 7, 0, 2, 4, 1, 0};
    const std::vector<double> ones(9, 1.0);
    const OverdispersedCounts likelihood(y, 1.0);
    const double mean = 0.5, precision = 0.7;
    const FixedPrior prior({&mean, &precision, 1, true});
    const LinearModel model{
        {ones.data(), 9, 1, false}, Vector(likelihood.padded()), likelihood, prior, reference::blas()};
    fixtures::Run whole(model, nullptr, {TransitionKernel::automatic, 50, 1});
    REQUIRE(whole.chains->start(nullptr).ok());
    whole.advance(37, 37);
    const State state = whole.chains->state();
    fixtures::Run other(model, nullptr, {TransitionKernel::automatic, 50, 3});
    REQUIRE(other.chains->restore(state, 37));
    for (std::size_t c = 0; c < 4; ++c) *other.generators[c] = *whole.generators[c];
    whole.advance(40, 40);
    other.advance(40, 7);
    CHECK(other.beta == whole.beta);
    CHECK(other.parameters == whole.parameters);
    State foreign = state;
    foreign["parameters"].pop_back();
    CHECK_FALSE(other.chains->restore(foreign, 37));
}
