#include "tests/model_fixtures.hpp"

#include <algorithm>
#include <cmath>

#include "tests/reference_blas.hpp"

namespace fixtures {

OwnedModel::OwnedModel(const Problem& problem)
    : OwnedParts{{problem.shape.data(), problem.kappa.data(), problem.n},
                 polyagamma::FixedPrior({problem.mean.data(), problem.precision.data(), problem.p,
                                         problem.precision.size() == problem.p})},
      LinearModel{{problem.design.data(), problem.n, problem.p, problem.intercept},
                  polyagamma::Vector(problem.offset.begin(), problem.offset.end()),
                  OwnedParts::rows,
                  OwnedParts::belief,
                  reference::blas()} {
    offset.resize(likelihood.padded());
}

double Problem::log_posterior(const double* beta) const {
    const std::size_t stored = intercept ? p - 1 : p;
    long double sum = 0.0L;
    for (std::size_t i = 0; i < n; ++i) {
        long double eta = offset[i] + (intercept ? beta[0] : 0.0);
        for (std::size_t j = 0; j < stored; ++j) eta += design[i * stored + j] * beta[p - stored + j];
        const long double size = std::fabs(eta);
        sum += kappa[i] * eta - shape[i] * (0.5L * size + std::log1p(std::exp(-size)));
    }
    for (std::size_t i = 0; i < p; ++i) {
        for (std::size_t j = 0; j < p; ++j) {
            const double entry = precision.size() == p ? (i == j ? precision[i] : 0.0) : precision[i * p + j];
            sum -= 0.5L * entry * (beta[i] - mean[i]) * (beta[j] - mean[j]);
        }
    }
    return static_cast<double>(sum);
}

Problem make_problem(std::size_t n, std::size_t p, std::uint64_t seed, double sd) {
    Generator random(seed);
    Problem problem{n, p, {}, {}, {}, {}, {}, {}};
    std::vector<double> beta(p);
    for (double& value : beta) value = random.normal() * std::sqrt(2.0 / static_cast<double>(p));
    for (std::size_t i = 0; i < n; ++i) {
        double eta = 0.0;
        for (std::size_t j = 0; j < p; ++j) {
            problem.design.push_back(random.normal());
            eta += problem.design.back() * beta[j];
        }
        problem.kappa.push_back(random.uniform() < 1.0 / (1.0 + std::exp(-eta)) ? 0.5 : -0.5);
    }
    problem.shape.assign(n, 1.0);
    problem.offset.assign(n, 0.0);
    problem.mean.assign(p, 0.0);
    problem.precision.assign(p, 1.0 / (sd * sd));
    return problem;
}

namespace {

using LogDensity = std::function<double(const double*)>;

struct Sums {
    double weight = 0.0, first[2] = {0.0, 0.0}, second[3] = {0.0, 0.0, 0.0};
};

Sums integrate(const LogDensity& log_density, const Box& box, double peak) {
    constexpr int kPoints = 300;
    Sums sums;
    for (int i = -kPoints; i <= kPoints; ++i) {
        for (int j = -kPoints; j <= kPoints; ++j) {
            const double beta[2] = {box.centre[0] + box.half_width[0] * i / kPoints,
                                    box.centre[1] + box.half_width[1] * j / kPoints};
            const double weight = std::exp(log_density(beta) - peak);
            sums.weight += weight;
            for (int a = 0; a < 2; ++a) sums.first[a] += weight * beta[a];
            sums.second[0] += weight * beta[0] * beta[0];
            sums.second[1] += weight * beta[0] * beta[1];
            sums.second[2] += weight * beta[1] * beta[1];
        }
    }
    return sums;
}

Moments moments_of(const Sums& sums) {
    Moments m;
    for (int a = 0; a < 2; ++a) m.mean[a] = sums.first[a] / sums.weight;
    m.covariance[0] = sums.second[0] / sums.weight - m.mean[0] * m.mean[0];
    m.covariance[1] = sums.second[1] / sums.weight - m.mean[0] * m.mean[1];
    m.covariance[2] = sums.second[2] / sums.weight - m.mean[1] * m.mean[1];
    return m;
}

}  // namespace

// To ten standard deviations of the density, in three steps.
Moments quadrature(const LogDensity& log_density, Box box) {
    double peak = log_density(box.centre);
    Moments m;
    for (int step = 0; step < 4; ++step) {
        m = moments_of(integrate(log_density, box, peak));
        peak = log_density(m.mean);
        for (int a = 0; a < 2; ++a) {
            box.centre[a] = m.mean[a];
            box.half_width[a] = 10.0 * std::sqrt(m.covariance[2 * a]);
        }
    }
    return m;
}

// From the prior's ten standard deviations.
Moments quadrature(const Problem& problem) {
    Box box;
    for (std::size_t a = 0; a < 2; ++a) {
        box.centre[a] = problem.mean[a];
        box.half_width[a] = 10.0 / std::sqrt(problem.precision[a]);
    }
    return quadrature([&](const double* beta) { return problem.log_posterior(beta); }, box);
}

double worst_score(const std::vector<double>& draws, std::size_t chains, std::size_t sweeps,
                   const Moments& exact) {
    constexpr std::size_t kBatches = 20;
    const std::size_t length = sweeps / kBatches;
    double worst = 0.0;
    for (int statistic = 0; statistic < 5; ++statistic) {
        BatchMeans means;
        for (std::size_t batch = 0; batch < chains * kBatches; ++batch) {
            const std::size_t first = (batch / kBatches) * sweeps + (batch % kBatches) * length;
            double mean = 0.0;
            for (std::size_t t = first; t < first + length; ++t) {
                const double a = draws[2 * t] - exact.mean[0];
                const double b = draws[2 * t + 1] - exact.mean[1];
                const double values[] = {a, b, a * a - exact.covariance[0], a * b - exact.covariance[1],
                                         b * b - exact.covariance[2]};
                mean += values[statistic] / static_cast<double>(length);
            }
            means.add(mean);
        }
        worst = std::max(worst, std::fabs(means.mean()) / std::sqrt(means.variance()));
    }
    return worst;
}

}  // namespace fixtures
