#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "likelihood/registry.hpp"
#include "terms/linear_model.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

namespace fixtures {

using polyagamma::FixedPrior;
using polyagamma::GaussianPrior;
using polyagamma::Likelihood;
using polyagamma::LinearModel;
using polyagamma::Vector;
using Long = long double;

// Rows of three classes with an intercept and a predictor for each class but the last, a prior that
// correlates the classes, and offsets.
struct Classes {
    Classes(const std::string& likelihood_name, std::size_t rows, std::size_t columns, bool labels = false)
        : name(likelihood_name), n(rows), p(columns), x(n * p, 1.0), counts(2 * n), trials(n, 0.0) {
        Generator generator(7);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 1; j < p; ++j) x[i * p + j] = generator.normal();
            double left = trials[i] = labels ? 1.0 : std::floor(1.0 + 4.0 * generator.uniform());
            for (std::size_t k = 0; k < 2; ++k) {
                counts[k * n + i] = std::floor(generator.uniform() * (left + 1.0));
                left -= counts[k * n + i];
            }
        }
        likelihood = polyagamma::Registry<Likelihood>::find(name)->make(n, {trials, counts});
        Vector offset(2 * likelihood->padded());
        for (std::size_t i = 0; i < n; ++i) {
            offset[i] = 0.2 * std::sin((double)i);
            offset[likelihood->padded() + i] = 0.1;
        }
        for (std::size_t j = 0; j < 2 * p; ++j) mean.push_back(0.3 - 0.1 * (double)j);
        const Vector precision(p, 0.8);
        prior =
            std::make_unique<FixedPrior>(GaussianPrior(mean.data(), precision.data(), p, true, kBetween, 2));
        model = std::make_unique<LinearModel>(
            LinearModel{{x.data(), n, p, false}, std::move(offset), *likelihood, *prior, reference::blas()});
    }

    // From its definition, in long double.
    double log_posterior(const double* beta) const {
        Long sum = 0.0L;
        for (std::size_t i = 0; i < n; ++i) {
            Long eta[2];
            for (std::size_t k = 0; k < 2; ++k) {
                eta[k] = (Long)model->offset[k * likelihood->padded() + i];
                for (std::size_t j = 0; j < p; ++j) eta[k] += (Long)x[i * p + j] * (Long)beta[k * p + j];
            }
            sum += name == "multinomial" ? multinomial_row(i, eta) : sequential_row(i, eta);
        }
        for (std::size_t k = 0; k < 2; ++k)
            for (std::size_t l = 0; l < 2; ++l)
                for (std::size_t j = 0; j < p; ++j)
                    sum -= 0.5L * (Long)kBetween[2 * k + l] * 0.8L *
                           (Long)(beta[k * p + j] - mean[k * p + j]) *
                           (Long)(beta[l * p + j] - mean[l * p + j]);
        return (double)sum;
    }

    static constexpr double kBetween[] = {0.7, -0.3, -0.3, 0.9};
    std::string name;
    std::size_t n, p;
    std::vector<double> x;
    Vector counts, trials;
    std::vector<double> mean;
    std::unique_ptr<Likelihood> likelihood;
    std::unique_ptr<FixedPrior> prior;
    std::unique_ptr<LinearModel> model;

  private:
    Long multinomial_row(std::size_t i, const Long* eta) const {
        const Long largest = std::max({eta[0], eta[1], 0.0L});
        const Long sum = std::exp(eta[0] - largest) + std::exp(eta[1] - largest) + std::exp(-largest);
        return (Long)counts[i] * eta[0] + (Long)counts[n + i] * eta[1] -
               (Long)trials[i] * (largest + std::log(sum));
    }
    // e^{κη} / (2 cosh(η/2))^b, as the core has binomial rows.
    Long sequential_row(std::size_t i, const Long* eta) const {
        Long sum = 0.0L, left = (Long)trials[i];
        for (std::size_t k = 0; k < 2; ++k) {
            const Long y = (Long)counts[k * n + i];
            const Long size = std::fabs(eta[k]);
            sum += (y - 0.5L * left) * eta[k] - left * (0.5L * size + std::log1p(std::exp(-size)));
            left -= y;
        }
        return sum;
    }
};

}  // namespace fixtures
