#include "terms/full_arms.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/weighted_gram.hpp"
#include "math/log_product.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kLanes = kPanelRows;

}  // namespace

FullArms::FullArms(const AdditiveDesign& design)
    : groups_(design.groups()),
      q_(design.columns()),
      rest_(design.rest()),
      panels_(panels_for(groups_)),
      corner_(panels_ * q_ * q_ * kLanes),
      reciprocal_(panels_ * q_ * kLanes),
      arms_(panels_ * q_ * kLanes, rest_),
      minus_one_(panels_ * q_ * kLanes) {
    const Vector ones(groups_ * q_, -1.0);
    minus_one_ = side_by_side(ones.data());
}

Status FullArms::factor(const AdditiveGram& gram, const double* lambda, double* rest) {
    LogProducts diagonal;
    for (std::size_t t = 0; t < panels_; ++t) {
        factor_corners(t, gram, lambda);
        find_arms(t, gram);
        for (std::size_t a = 0; a < q_; ++a) diagonal.multiply(corner(t, a, a), groups_ - t * kLanes);
    }
    if (!diagonal.positive()) return first_failure();
    log_diagonal_ = diagonal.log();
    add_weighted_gram(arms_, 0, arms_.count(), minus_one_.data(), rest);
    return {};
}

// C Cᵀ = D + Λ, groups that fill up a panel with D = 0.
void FullArms::factor_corners(std::size_t t, const AdditiveGram& gram, const double* lambda) {
    for (std::size_t a = 0; a < q_; ++a) {
        for (std::size_t b = 0; b <= a; ++b) {
            const double* d = gram.full_group(t, a, b);
            double sum[kLanes];
            for (std::size_t l = 0; l < kLanes; ++l) sum[l] = d[l] + lambda[a * q_ + b];
            for (std::size_t k = 0; k < b; ++k) {
                const double *left = corner(t, a, k), *right = corner(t, b, k);
                for (std::size_t l = 0; l < kLanes; ++l) sum[l] -= left[l] * right[l];
            }
            double *c = corner(t, a, b), *reciprocal = &reciprocal_[(t * q_ + b) * kLanes];
            if (a > b) {
                for (std::size_t l = 0; l < kLanes; ++l) c[l] = sum[l] * reciprocal[l];
                continue;
            }
            for (std::size_t l = 0; l < kLanes; ++l) c[l] = std::sqrt(sum[l]);  // NaN if negative
            for (std::size_t l = 0; l < kLanes; ++l) reciprocal[l] = 1.0 / c[l];
        }
    }
}

// U = C⁻¹ B.
void FullArms::find_arms(std::size_t t, const AdditiveGram& gram) {
    for (std::size_t a = 0; a < q_; ++a) {
        double* u = arms_.panel(t * q_ + a);
        const double *b = gram.full_products().panel(t * q_ + a),
                     *reciprocal = &reciprocal_[(t * q_ + a) * kLanes];
        for (std::size_t s = 0; s < rest_; ++s) {
            double sum[kLanes];
            for (std::size_t l = 0; l < kLanes; ++l) sum[l] = b[s * kLanes + l];
            for (std::size_t k = 0; k < a; ++k) {
                const double *c = corner(t, a, k), *other = arms_.panel(t * q_ + k) + s * kLanes;
                for (std::size_t l = 0; l < kLanes; ++l) sum[l] -= c[l] * other[l];
            }
            for (std::size_t l = 0; l < kLanes; ++l) u[s * kLanes + l] = sum[l] * reciprocal[l];
        }
    }
}

Status FullArms::first_failure() const {
    std::size_t i = 0;
    const auto fine = [](double x) { return std::isnormal(x) && x > 0.0; };
    while (fine(corner(i / q_ / kLanes, i % q_, i % q_)[i / q_ % kLanes])) ++i;
    return {Status::Kind::not_positive_definite, i};
}

void FullArms::solve(const double* others, double* own) const {
    Vector x = side_by_side(own);
    const Vector products = met(others);
    for (std::size_t t = 0; t < panels_; ++t) {
        double* first = &x[t * q_ * kLanes];
        for (std::size_t a = q_; a-- > 0;) {
            double* to = first + a * kLanes;
            const double* product = &products[(t * q_ + a) * kLanes];
            for (std::size_t l = 0; l < kLanes; ++l) to[l] -= product[l];
            for (std::size_t k = a + 1; k < q_; ++k) {
                const double *c = corner(t, k, a), *later = first + k * kLanes;
                for (std::size_t l = 0; l < kLanes; ++l) to[l] -= c[l] * later[l];
            }
            const double* reciprocal = &reciprocal_[(t * q_ + a) * kLanes];
            for (std::size_t l = 0; l < kLanes; ++l) to[l] *= reciprocal[l];
        }
    }
    one_by_one(x, own);
}

void FullArms::whiten(const double* own, const double* others, double* u) const {
    const Vector x = side_by_side(own);
    Vector out = met(others);
    for (std::size_t t = 0; t < panels_; ++t) {
        for (std::size_t a = 0; a < q_; ++a) {
            double* to = &out[(t * q_ + a) * kLanes];
            for (std::size_t k = a; k < q_; ++k) {
                const double *c = corner(t, k, a), *from = &x[(t * q_ + k) * kLanes];
                for (std::size_t l = 0; l < kLanes; ++l) to[l] += c[l] * from[l];
            }
        }
    }
    one_by_one(out, u);
}

void FullArms::pull_back(double* own, double* others) const {
    Vector h = side_by_side(own), sums(rest_ * kLanes);
    for (std::size_t t = 0; t < panels_; ++t) {
        double* first = &h[t * q_ * kLanes];
        for (std::size_t a = 0; a < q_; ++a) {
            double* to = first + a * kLanes;
            for (std::size_t k = 0; k < a; ++k) {
                const double *c = corner(t, a, k), *before = first + k * kLanes;
                for (std::size_t l = 0; l < kLanes; ++l) to[l] -= c[l] * before[l];
            }
            const double* reciprocal = &reciprocal_[(t * q_ + a) * kLanes];
            for (std::size_t l = 0; l < kLanes; ++l) to[l] *= reciprocal[l];
        }
    }
    loops().model.transposed(arms_.panel(0), arms_.count(), rest_, h.data(), 1, h.size(), sums.data());
    for (std::size_t j = 0; j < rest_; ++j) others[j] -= sum_lanes(&sums[j * kLanes]);
    one_by_one(h, own);
}

Vector FullArms::side_by_side(const double* own) const {
    Vector panels(panels_ * q_ * kLanes);
    if (q_ == 1) {
        std::copy_n(own, groups_, panels.begin());
        return panels;
    }
    for (std::size_t g = 0; g < groups_; ++g)
        for (std::size_t a = 0; a < q_; ++a)
            panels[(g / kLanes * q_ + a) * kLanes + g % kLanes] = own[g * q_ + a];
    return panels;
}

void FullArms::one_by_one(const Vector& panels, double* own) const {
    if (q_ == 1) {
        std::copy_n(panels.begin(), groups_, own);
        return;
    }
    for (std::size_t g = 0; g < groups_; ++g)
        for (std::size_t a = 0; a < q_; ++a)
            own[g * q_ + a] = panels[(g / kLanes * q_ + a) * kLanes + g % kLanes];
}

Vector FullArms::met(const double* others) const {
    Vector products(panels_ * q_ * kLanes);
    loops().model.forward(arms_.panel(0), arms_.count(), rest_, others, 1, products.data(), products.size());
    return products;
}

}  // namespace polyagamma
