#include "likelihood/softmax.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr double kLeastCurvature = 1e-6;  // of a function in a row, as a share of b
constexpr double kMostPrecision = 10.0;   // of a function in a row, as a share of b
// Of the mean curvature. Less than all of it, as kernel parameters far from the mean make functions much
// larger than the surrogate's mean where classes are separate; half was best for the least effective sample
// size of kernel parameters and functions on the iris data, among 1/4, 1/2, 1 and 2.
constexpr double kShare = 0.5;
constexpr int kFirstIterations = 40, kIterations = 4;
// Sweeps from one surrogate to the next, after as many that each make one: terms are conditioned on it, which
// costs about as much as a proposal for all functions.
constexpr double kInterval = 16.0;

// p (functions + 1, n) becomes the probabilities of every row, and then log Σ e^{η}; returns the
// log-likelihood.
double find_probabilities(const SoftmaxRows& rows, const double* g, Vector& p) {
    const std::size_t size = rows.functions * rows.n;
    double value = 0.0;
    p.resize(size + rows.n);
    double* log_sums = p.data() + size;
    for (std::size_t k = 0, at = 0; k < rows.functions; ++k) {
        for (std::size_t i = 0; i < rows.n; ++i, ++at) {
            p[at] = rows.offset[at] + g[at];
            value += (rows.kappa[at] + 0.5 * rows.b[i]) * p[at];
        }
    }
    loops().softmax(rows.n, rows.functions, p.data(), log_sums);
    return value - dot(rows.b, log_sums, rows.n);
}

}  // namespace

double log_likelihood(const SoftmaxRows& rows, const double* g) {
    Vector p;
    return find_probabilities(rows, g, p);
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
bool SoftmaxSurrogate::learn(const SoftmaxRows& rows, const double* g) {
    find_probabilities(rows, g, p_);
    count_ += 1.0;
    const double rate = 2.0 / (count_ + 1.0);
    for (std::size_t k = 0, at = 0; k < functions_; ++k) {
        for (std::size_t i = 0; i < n_; ++i, ++at) {
            const double b = rows.b[i];
            const double curvature = b * std::max(p_[at] * (1.0 - p_[at]), kLeastCurvature);
            curvature_[at] += rate * (curvature - curvature_[at]);
            gradient_[at] += rate * (rows.kappa[at] + 0.5 * b - b * p_[at] - gradient_[at]);
            mean_[at] += rate * (g[at] - mean_[at]);
            if (count_ == 1.0) precision_[at] = b * std::max(p_[at], kLeastCurvature);
        }
    }
    const bool due = count_ <= kInterval || std::fmod(count_, kInterval) == 0.0;
    for (std::size_t i = 0; due && i < n_; ++i) {
        fit_precision(i, kMostPrecision * rows.b[i]);
        find_linear(i);
    }
    return due;
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
            gradient[at] += curved - linear_[at];
        }
    }
    return value;
}

SoftmaxSurrogate::Forms SoftmaxSurrogate::forms(const double* const* x) const {
    Forms forms;
    for (std::size_t i = 0; i < n_; ++i) {
        double sum = 0.0, means[3] = {};
        for (std::size_t at = i; at < precision_.size(); at += n_) {
            sum += precision_[at];
            for (std::size_t a = 0; a < 3; ++a) means[a] += precision_[at] * x[a][at];
        }
        for (double& mean : means) mean /= sum;
        for (std::size_t at = i; at < precision_.size(); at += n_) {
            for (std::size_t a = 0; a < 3; ++a) {
                const double curved = precision_[at] * (x[a][at] - means[a]);
                forms.linear[a] += linear_[at] * x[a][at];
                for (std::size_t b = 0; b <= a; ++b) forms.quadratic[a][b] += curved * x[b][at];
            }
        }
    }
    return forms;
}

SoftmaxExcess::SoftmaxExcess(const SoftmaxRows& rows, const SoftmaxSurrogate& surrogate)
    : rows_(rows),
      surrogate_(surrogate),
      alike_(std::all_of(rows.b, rows.b + rows.n, [&](double b) { return b == rows.b[0]; })) {}

void SoftmaxExcess::on_ellipse(const Vector& centre, const Vector& first, const Vector& second,
                               const Turn* turns, std::size_t count, double* values) const {
    Vector middle = centre;
    const double* const parts[3] = {centre.data(), first.data(), second.data()};
    SoftmaxSurrogate::Forms forms = surrogate_.forms(parts);
    for (double& one : forms.linear) one = -one;
    for (std::size_t k = 0, at = 0; k < rows_.functions; ++k) {
        for (std::size_t i = 0; i < rows_.n; ++i, ++at) {
            middle[at] += rows_.offset[at];
            const double y = rows_.kappa[at] + 0.5 * rows_.b[i];
            forms.linear[0] += y * middle[at];
            forms.linear[1] += y * first[at];
            forms.linear[2] += y * second[at];
        }
    }
    for (std::size_t j = 0; j < count; ++j) {
        const auto [cosine, sine] = turns[j];
        const double t[3] = {1.0, cosine, sine};
        const EllipsePoint point{middle.data(), first.data(), second.data(), cosine, sine};
        double value = alike_ ? -rows_.b[0] * loops().total_log_sum(rows_.n, rows_.functions, point, nullptr)
                              : -loops().total_log_sum(rows_.n, rows_.functions, point, rows_.b);
        for (std::size_t a = 0; a < 3; ++a) {
            value += t[a] * forms.linear[a];
            for (std::size_t b = 0; b <= a; ++b)
                value += (a == b ? 0.5 : 1.0) * t[a] * t[b] * forms.quadratic[a][b];
        }
        values[j] = value;
    }
}

double SoftmaxExcess::differentiate(const double* g, double* gradient) {
    const double value = find_probabilities(rows_, g, p_);
    for (std::size_t k = 0, at = 0; k < rows_.functions; ++k)
        for (std::size_t i = 0; i < rows_.n; ++i, ++at)
            gradient[at] = rows_.kappa[at] + 0.5 * rows_.b[i] - rows_.b[i] * p_[at];
    return value - surrogate_.log_likelihood(g, gradient);
}

}  // namespace polyagamma
