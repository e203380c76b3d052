#include "likelihood/softmax.hpp"

#include <algorithm>
#include <cmath>

#include "math/elementary.hpp"

namespace polyagamma {
namespace {

constexpr double kLeastCurvature = 1e-6;  // of a function in a row, as a share of b
constexpr double kMostPrecision = 10.0;   // of a function in a row, as a share of b
// Of the mean curvature. Less than all of it, as kernel parameters far from the mean make functions much
// larger than the surrogate's mean where classes are separate; half was best for the least effective sample
// size of kernel parameters and functions on the iris data, among 1/4, 1/2, 1 and 2.
constexpr double kShare = 0.5;
constexpr int kFirstIterations = 40, kIterations = 4;

// Row i: p becomes e^{η_k - largest} of every function, unscaled; returns their sum.
double weights(const SoftmaxRows& rows, const double* g, std::size_t i, double* p, double& largest) {
    largest = -kInfinity;
    for (std::size_t at = i; at < rows.functions * rows.n; at += rows.n)
        largest = std::max(largest, rows.offset[at] + g[at]);
    double sum = 0.0;
    for (std::size_t k = 0, at = i; k < rows.functions; ++k, at += rows.n) {
        p[k] = exponential(rows.offset[at] + g[at] - largest);
        sum += p[k];
    }
    return sum;
}

double log_likelihood_of_row(const SoftmaxRows& rows, const double* g, std::size_t i, double largest,
                             double sum) {
    double value = -rows.b[i] * (largest + logarithm(sum));
    for (std::size_t at = i; at < rows.functions * rows.n; at += rows.n)
        value += (rows.kappa[at] + 0.5 * rows.b[i]) * (rows.offset[at] + g[at]);
    return value;
}

}  // namespace

double log_likelihood(const SoftmaxRows& rows, const double* g) {
    Vector p(rows.functions);
    double value = 0.0, largest;
    for (std::size_t i = 0; i < rows.n; ++i) {
        const double sum = weights(rows, g, i, p.data(), largest);
        value += log_likelihood_of_row(rows, g, i, largest, sum);
    }
    return value;
}

SoftmaxSurrogate::SoftmaxSurrogate(std::size_t n, std::size_t functions)
    : n_(n),
      functions_(functions),
      curvature_(functions * n),
      gradient_(functions * n),
      mean_(functions * n),
      precision_(functions * n),
      linear_(functions * n) {}

// Sweep t has weight t, so that the way to the posterior is forgotten.
void SoftmaxSurrogate::learn(const SoftmaxRows& rows, const double* g) {
    Vector p(functions_);
    count_ += 1.0;
    const double rate = 2.0 / (count_ + 1.0);
    for (std::size_t i = 0; i < n_; ++i) {
        const double b = rows.b[i];
        double largest;
        const double sum = weights(rows, g, i, p.data(), largest);
        for (std::size_t k = 0, at = i; k < functions_; ++k, at += n_) {
            p[k] /= sum;
            const double curvature = b * std::max(p[k] * (1.0 - p[k]), kLeastCurvature);
            curvature_[at] += rate * (curvature - curvature_[at]);
            gradient_[at] += rate * (rows.kappa[at] + 0.5 * b - b * p[k] - gradient_[at]);
            mean_[at] += rate * (g[at] - mean_[at]);
            if (count_ == 1.0) precision_[at] = b * std::max(p[k], kLeastCurvature);
        }
        fit_precision(i, kMostPrecision * b);
        find_linear(i);
    }
}

// d_k (1 - d_k / Σd) = the mean curvature, by iterations that multiply each d_k by the root of the ratio of
// the two sides; the next sweep goes on where this one ends.
void SoftmaxSurrogate::fit_precision(std::size_t row, double most) {
    const int iterations = count_ == 1.0 ? kFirstIterations : kIterations;
    for (int iteration = 0; iteration < iterations; ++iteration) {
        double sum = 0.0;
        for (std::size_t at = row; at < precision_.size(); at += n_) sum += precision_[at];
        for (std::size_t at = row; at < precision_.size(); at += n_) {
            const double d = precision_[at];
            const double rest = std::max(sum - d, kLeastCurvature * sum);
            precision_[at] = std::min(d * std::sqrt(kShare * curvature_[at] * sum / (d * rest)), most);
        }
    }
}

void SoftmaxSurrogate::find_linear(std::size_t row) {
    double sum = 0.0, mean = 0.0;
    for (std::size_t at = row; at < precision_.size(); at += n_) {
        sum += precision_[at];
        mean += precision_[at] * mean_[at];
    }
    mean /= sum;
    for (std::size_t at = row; at < precision_.size(); at += n_)
        linear_[at] = gradient_[at] + precision_[at] * (mean_[at] - mean);
}

double SoftmaxSurrogate::log_likelihood(const double* g, double* gradient) const {
    double value = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
        double sum = 0.0, mean = 0.0;
        for (std::size_t at = i; at < precision_.size(); at += n_) {
            sum += precision_[at];
            mean += precision_[at] * g[at];
        }
        mean /= sum;
        for (std::size_t at = i; at < precision_.size(); at += n_) {
            const double curved = precision_[at] * (g[at] - mean);
            value += (linear_[at] - 0.5 * curved) * g[at];
            if (gradient != nullptr) gradient[at] += curved - linear_[at];
        }
    }
    return value;
}

double SoftmaxExcess::differentiate(const double* g, double* gradient) {
    Vector p(rows_.functions);
    double value = 0.0, largest;
    for (std::size_t i = 0; i < rows_.n; ++i) {
        const double b = rows_.b[i];
        const double sum = weights(rows_, g, i, p.data(), largest);
        value += log_likelihood_of_row(rows_, g, i, largest, sum);
        for (std::size_t k = 0, at = i; k < rows_.functions; ++k, at += rows_.n)
            gradient[at] = rows_.kappa[at] + 0.5 * b - b * p[k] / sum;
    }
    return value - surrogate_.log_likelihood(g, gradient);
}

}  // namespace polyagamma
