#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "likelihood/binomial.hpp"
#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"
#include "terms/linear_model.hpp"

// What the tests of the chains share.
namespace fixtures {

// A bit generator of the core over std::mt19937_64.
class Generator {
  public:
    explicit Generator(std::uint64_t seed) : engine_(seed) {}
    Generator(const Generator&) = delete;
    // The other's state; pointers to this one's bit generator stay valid.
    Generator& operator=(const Generator& other) {
        engine_ = other.engine_;
        return *this;
    }

    polyagamma::BitGen* bitgen() { return &bitgen_; }
    double uniform() { return bitgen_.next_double(bitgen_.state); }
    double normal() { return normal_(engine_); }

  private:
    static std::uint64_t word(void* state) { return (*static_cast<std::mt19937_64*>(state))(); }
    static double unit(void* state) { return static_cast<double>(word(state) >> 11) * 0x1p-53; }

    std::mt19937_64 engine_;
    std::normal_distribution<double> normal_;
    polyagamma::BitGen bitgen_{&engine_, word, nullptr, unit, word};
};

// Data and prior of a logistic regression.
struct Problem {
    std::size_t n, p;
    std::vector<double> design;  // (n, p)
    std::vector<double> shape, kappa, offset;
    std::vector<double> mean, precision;  // precision (p) or (p, p)
    bool intercept = false;               // the design has p − 1 columns then

    // log π(β) from its definition, in long double.
    double log_posterior(const double* beta) const;
};

struct OwnedParts {
    polyagamma::Binomial rows;
    polyagamma::FixedPrior belief;
};

// The model of a problem, which it points into.
struct OwnedModel : private OwnedParts, public polyagamma::LinearModel {
    explicit OwnedModel(const Problem& problem);
    OwnedModel(const OwnedModel&) = delete;
};

// n rows of normal predictors, 0/1 responses of a logistic model, prior N(0, sd²).
Problem make_problem(std::size_t n, std::size_t p, std::uint64_t seed, double sd = 2.5);

// First and second moments of a posterior of two coefficients, by the trapezoidal rule on a grid that covers
// it.
struct Moments {
    double mean[2];
    double covariance[3];  // 00, 01, 11
};
Moments quadrature(const Problem& problem);
// Of any density of two variables, from a box that covers most of it.
struct Box {
    double centre[2], half_width[2];
};
Moments quadrature(const std::function<double(const double*)>& log_density, Box box);

// The mean of means of batches of a correlated chain, and its variance as they tell it.
class BatchMeans {
  public:
    void add(double of_batch) {
        count_ += 1.0;
        sum_ += of_batch;
        squares_ += of_batch * of_batch;
    }
    double mean() const { return sum_ / count_; }
    double variance() const { return (squares_ / count_ - mean() * mean()) / (count_ - 1.0); }

  private:
    double count_ = 0.0, sum_ = 0.0, squares_ = 0.0;
};

// The largest |z-score| of the moments of draws (chains, sweeps, 2) of a correlated chain: means of 20
// batches per chain against the exact values, with their own standard error.
double worst_score(const std::vector<double>& draws, std::size_t chains, std::size_t sweeps,
                   const Moments& exact);

}  // namespace fixtures
