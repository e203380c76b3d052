#include "terms/arrow_factor.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "linalg/weighted_gram.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

ArrowFactor::ArrowFactor(const AdditiveDesign& design, const AdditivePrior& prior, const Blas& blas)
    : design_(&design),
      prior_(&prior),
      blas_(&blas),
      columns_(design.columns()),
      before_(design.groups() * columns_),
      rest_(design.rest()),
      corner_(before_ * columns_),
      arm_(columns_ == 0 || design.meets_all() ? 0 : columns_ * design.first_neighbour(design.groups())),
      root_(rest_ * rest_),
      shift_(design.size()) {}

double ArrowFactor::work(const AdditiveDesign& design) {
    const auto m = static_cast<double>(design.rest());
    double sum = m * m * m / 6.0;
    for (std::size_t g = 0; g < design.groups(); ++g) {
        const auto count = static_cast<double>(design.neighbours(g));
        sum += 0.5 * static_cast<double>(design.columns()) * count * count;
    }
    return sum;
}

Status ArrowFactor::assign(const AdditiveGram& gram, const double* theta) {
    std::copy(gram.rest().begin(), gram.rest().end(), root_.begin());
    prior_->add_rest_precision(theta, rest_, root_.data());
    const Status groups = design_->meets_all() ? factor_full(gram, theta) : factor_groups(gram, theta);
    if (!groups.ok()) return groups;
    if (Status status = cholesky(*blas_, root_.data(), rest_); !status.ok()) {
        status.index += before_;
        return status;
    }
    std::copy(gram.linear().begin(), gram.linear().end(), shift_.begin());
    prior_->add_linear(shift_.data());
    pull_back(shift_.data());
    double log_diagonal = 0.0;
    for (std::size_t i = 0; i < before_; ++i) log_diagonal += std::log(corner_[i * columns_ + i % columns_]);
    for (std::size_t i = 0; i < rest_; ++i) log_diagonal += std::log(root_[i * (rest_ + 1)]);
    log_normalizer_ = 0.5 * prior_->log_determinant(theta) - log_diagonal +
                      0.5 * dot(shift_.data(), shift_.data(), shift_.size());
    return check_finite(&log_normalizer_, 1);
}

Status ArrowFactor::factor_groups(const AdditiveGram& gram, const double* theta) {
    Vector lambda(columns_ * columns_);
    prior_->eliminated_precision(theta, lambda.data());
    for (std::size_t g = 0; g < design_->groups(); ++g) {
        if (const Status status = factor_group(g, lambda.data(), gram); !status.ok()) return status;
        subtract_arm(g);
    }
    return {};
}

Status ArrowFactor::factor_full(const AdditiveGram& gram, const double* theta) {
    full_ = &gram.full_products();
    double lambda = 0.0;
    prior_->eliminated_precision(theta, &lambda);
    Vector weights = padded_groups();
    for (std::size_t g = 0; g < design_->groups(); ++g) {
        const double square = *gram.group(g) + lambda;
        if (!(square > 0.0)) return {Status::Kind::not_positive_definite, g};
        corner_[g] = std::sqrt(square);
        weights[g] = -1.0 / square;
    }
    add_weighted_gram(*full_, 0, full_->count(), weights.data(), root_.data());
    return {};
}

void ArrowFactor::full_forward(const double* others, Vector& out) const {
    loops().model.forward(full_->panel(0), full_->count(), rest_, others, 1, out.data(), out.size());
    for (std::size_t g = 0; g < design_->groups(); ++g) out[g] /= corner_[g];
}

// C_g, and U_g = C_g⁻¹B_g.
Status ArrowFactor::factor_group(std::size_t g, const double* lambda, const AdditiveGram& gram) {
    const std::size_t q = columns_, count = design_->neighbours(g);
    double* c = &corner_[g * q * q];
    double* u = arm_.data() + q * design_->first_neighbour(g);
    const double *d = gram.group(g), *b = gram.products(g);
    for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = d[i * q + j] + lambda[i * q + j];
            for (std::size_t k = 0; k < j; ++k) sum -= c[i * q + k] * c[j * q + k];
            if (i == j && !(sum > 0.0)) return {Status::Kind::not_positive_definite, g * q + i};
            c[i * q + j] = i == j ? std::sqrt(sum) : sum / c[j * q + j];
        }
        const double reciprocal = 1.0 / c[i * q + i];
        for (std::size_t s = 0; s < count; ++s) u[i * count + s] = b[i * count + s];
        for (std::size_t k = 0; k < i; ++k)
            for (std::size_t s = 0; s < count; ++s) u[i * count + s] -= c[i * q + k] * u[k * count + s];
        for (std::size_t s = 0; s < count; ++s) u[i * count + s] *= reciprocal;
    }
    return {};
}

// The rest's matrix less U_gᵀU_g.
void ArrowFactor::subtract_arm(std::size_t g) {
    const std::size_t count = design_->neighbours(g);
    const std::int32_t* column = design_->neighbour(g);
    for (std::size_t a = 0; a < columns_; ++a) {
        const double* u = arm(g) + a * count;
        for (std::size_t s = 0; s < count; ++s) {
            double* row = &root_[static_cast<std::size_t>(column[s]) * rest_];
            for (std::size_t t = 0; t <= s; ++t) row[column[t]] -= u[s] * u[t];
        }
    }
}

void ArrowFactor::effects(const double* u, double* x) const {
    for (std::size_t i = 0; i < design_->size(); ++i) x[i] = shift_[i] + u[i];
    solve_lower_transposed(*blas_, root_.data(), rest_, x + before_);
    design_->meets_all() ? solve_full_groups(x) : solve_groups(x);
}

void ArrowFactor::solve_full_groups(double* x) const {
    Vector met = padded_groups();
    full_forward(x + before_, met);
    for (std::size_t g = 0; g < design_->groups(); ++g) x[g] = (x[g] - met[g]) / corner_[g];
}

void ArrowFactor::solve_groups(double* x) const {
    const double* others = x + before_;
    for (std::size_t g = 0; g < design_->groups(); ++g) {
        const std::size_t q = columns_, count = design_->neighbours(g);
        const std::int32_t* column = design_->neighbour(g);
        const double *c = corner(g), *arms = arm(g);
        double* own = x + g * q;
        for (std::size_t i = q; i-- > 0;) {
            double sum = own[i];
            for (std::size_t s = 0; s < count; ++s) sum -= arms[i * count + s] * others[column[s]];
            for (std::size_t k = i + 1; k < q; ++k) sum -= c[k * q + i] * own[k];
            own[i] = sum / c[i * q + i];
        }
    }
}

void ArrowFactor::whiten(const double* x, double* u) const {
    const double* others = x + before_;
    design_->meets_all() ? whiten_full_groups(x, u) : whiten_groups(x, u);
    for (std::size_t j = 0; j < rest_; ++j) u[before_ + j] = -shift_[before_ + j];
    for (std::size_t i = 0; i < rest_; ++i)
        for (std::size_t j = 0; j <= i; ++j) u[before_ + j] += root_[i * rest_ + j] * others[i];
}

void ArrowFactor::whiten_full_groups(const double* x, double* u) const {
    Vector met = padded_groups();
    full_forward(x + before_, met);
    for (std::size_t g = 0; g < design_->groups(); ++g) u[g] = corner_[g] * x[g] + met[g] - shift_[g];
}

void ArrowFactor::whiten_groups(const double* x, double* u) const {
    const double* others = x + before_;
    for (std::size_t g = 0; g < design_->groups(); ++g) {
        const std::size_t q = columns_, count = design_->neighbours(g);
        const std::int32_t* column = design_->neighbour(g);
        const double *c = corner(g), *arms = arm(g), *own = x + g * q;
        for (std::size_t i = 0; i < q; ++i) {
            double sum = -shift_[g * q + i];
            for (std::size_t k = i; k < q; ++k) sum += c[k * q + i] * own[k];
            for (std::size_t s = 0; s < count; ++s) sum += arms[i * count + s] * others[column[s]];
            u[g * q + i] = sum;
        }
    }
}

void ArrowFactor::pull_back(double* h) const {
    design_->meets_all() ? pull_full_groups_back(h) : pull_groups_back(h);
    solve_lower(*blas_, root_.data(), rest_, h + before_);
}

void ArrowFactor::pull_full_groups_back(double* h) const {
    double* others = h + before_;
    Vector scaled = padded_groups(), sums(rest_ * kPanelRows);
    for (std::size_t g = 0; g < design_->groups(); ++g) {
        h[g] /= corner_[g];
        scaled[g] = h[g] / corner_[g];
    }
    loops().model.transposed(full_->panel(0), full_->count(), rest_, scaled.data(), 1, scaled.size(),
                             sums.data());
    for (std::size_t j = 0; j < rest_; ++j) others[j] -= sum_lanes(&sums[j * kPanelRows]);
}

void ArrowFactor::pull_groups_back(double* h) const {
    double* others = h + before_;
    for (std::size_t g = 0; g < design_->groups(); ++g) {
        const std::size_t q = columns_, count = design_->neighbours(g);
        const std::int32_t* column = design_->neighbour(g);
        const double *c = corner(g), *arms = arm(g);
        double* own = h + g * q;
        for (std::size_t i = 0; i < q; ++i) {
            double sum = own[i];
            for (std::size_t k = 0; k < i; ++k) sum -= c[i * q + k] * own[k];
            own[i] = sum / c[i * q + i];
            for (std::size_t s = 0; s < count; ++s) others[column[s]] -= arms[i * count + s] * own[i];
        }
    }
}

}  // namespace polyagamma
