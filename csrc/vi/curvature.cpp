#include "vi/curvature.hpp"

#include <algorithm>

#include "linalg/dense.hpp"
#include "linalg/weighted_gram.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// weights (predictors · padded rows, extras) = the curvature of −ℓ in every row at u, its diagonal D if there
// are several predictors, and in the likelihood's extras.
void curvature_at(const Whitening& whitening, const Likelihood& likelihood, const double* u,
                  Vector& weights) {
    const std::size_t rows = likelihood.padded(), all = rows * likelihood.predictors();
    Vector extras(likelihood.extras());
    whitening.predictors_at(u, weights.data());
    if (!extras.empty()) {
        whitening.last_coefficients(u, extras.size(), extras.data());
        likelihood.curvature_of_extras(extras.data(), weights.data(), weights.data() + all);
    }
    likelihood.curvature_at(extras.data(), {0, rows, rows}, weights.data());
}

void add_strip(const Whitening& whitening, const Vector& weights, const RowPartition& strips,
               std::size_t strip, double* gram) {
    const std::size_t first = strips.first_panel(strip);
    add_weighted_gram(whitening.matrix(), first, strips.first_panel(strip + 1) - first,
                      &weights[first * kPanelRows], gram);
}

// Every strip by itself, if there are several, so that others may have its rows.
void add_strips(const Whitening& whitening, const Vector& weights, double* gram) {
    const std::size_t k = whitening.size();
    const RowPartition strips = RowPartition::for_curvature(whitening.matrix().rows(), k);
    if (strips.count() == 1) return add_strip(whitening, weights, strips, 0, gram);
    for (std::size_t s = 0; s < strips.count(); ++s) {
        Vector own(k * k);
        add_strip(whitening, weights, strips, s, own.data());
        for (std::size_t i = 0; i < k * k; ++i) gram[i] += own[i];
    }
}

// The mean over some points of what `curvature_at` finds.
Vector mean_curvature(const Whitening& whitening, const std::vector<CurvaturePoint>& points) {
    const Likelihood& likelihood = *points.front().likelihood;
    Vector total(likelihood.padded() + likelihood.extras()), one(total);
    for (const CurvaturePoint& point : points) {
        curvature_at(whitening, *point.likelihood, point.u, one);
        for (std::size_t row = 0; row < total.size(); ++row) total[row] += one[row];
    }
    const double count = static_cast<double>(points.size());
    for (double& value : total) value /= count;
    return total;
}

// The same of the extras, whose likelihood asks the rows where they are.
Vector mean_extra_curvature(const Whitening& whitening, const std::vector<CurvaturePoint>& points) {
    const std::size_t count = points.front().likelihood->extras();
    Vector total(count), extras(count), one(count);
    for (const CurvaturePoint& point : points) {
        whitening.last_coefficients(point.u, count, extras.data());
        point.likelihood->curvature_of_extras(extras.data(), point.u, one.data());
        for (std::size_t e = 0; e < count; ++e) total[e] += one[e];
    }
    for (double& value : total) value /= static_cast<double>(points.size());
    return total;
}

// Adds the curvatures of the extras, which are the last coefficients, each by itself.
void add_extras(const Whitening& whitening, const double* curvatures, std::size_t count, double* precision) {
    const std::size_t k = whitening.size();
    for (std::size_t e = 0; e < count; ++e) {
        const double* row = whitening.last_row(count - 1 - e);
        for (std::size_t i = 0; i < k; ++i)
            for (std::size_t j = 0; j <= i; ++j) precision[i * k + j] += curvatures[e] * row[i] * row[j];
    }
}

// The extras of all points, as they are told.
Vector told_extras(const Whitening& whitening, const std::vector<CurvaturePoint>& points) {
    const std::size_t count = points.front().likelihood->extras();
    Vector all(points.size() * count);
    for (std::size_t i = 0; count > 0 && i < points.size(); ++i) {
        whitening.last_coefficients(points[i].u, count, &all[i * count]);
        points[i].likelihood->tell(&all[i * count]);
    }
    return all;
}

// P + what the rows add, where they are, and the extras.
void distant_precision(const Whitening& whitening, const Vector& prior,
                       const std::vector<CurvaturePoint>& points, double* precision) {
    Vector u, sum(prior);
    for (const CurvaturePoint& point : points) u.insert(u.end(), point.u, point.u + whitening.size());
    whitening.distant()->add_curvature(u, told_extras(whitening, points), sum);
    std::copy(sum.begin(), sum.end(), precision);
    const Vector of_extras = mean_extra_curvature(whitening, points);
    add_extras(whitening, of_extras.data(), of_extras.size(), precision);
}

// Of one predictor: P + Mᵀ diag(weights) M, and that of the extras.
void weighted_precision(const Whitening& whitening, const Vector& prior, const Vector& weights,
                        double* precision) {
    const std::size_t rows = whitening.predictor().size();
    std::copy(prior.begin(), prior.end(), precision);
    add_strips(whitening, weights, precision);
    add_extras(whitening, weights.data() + rows, weights.size() - rows, precision);
}

// Of rows with several predictors, as many Gram matrices as pairs of them meet: Xᵀ diag(D_k) X of every
// predictor, and if the rows are coupled Xᵀ diag(v_k v_l) X of l ≤ k.
std::size_t pair_grams(const Likelihood& likelihood) {
    const std::size_t q = likelihood.predictors();
    return q + (likelihood.coupled() ? q * (q + 1) / 2 : 0);
}

// Adds the rows of some panels to all of them (grams, columns, columns), lower triangles.
void add_pair_grams(const Whitening& whitening, const CurvaturePoint& point, std::size_t first,
                    std::size_t panels, double* grams) {
    const Likelihood& likelihood = *point.likelihood;
    const Panels& x = whitening.matrix();
    const std::size_t q = likelihood.predictors(), padded = likelihood.padded();
    const std::size_t square = x.columns() * x.columns(), begin = first * kPanelRows;
    Vector weights(q * padded), products(panels * kPanelRows);
    curvature_at(whitening, likelihood, point.u, weights);
    for (std::size_t k = 0; k < q; ++k, grams += square)
        add_weighted_gram(x, first, panels, &weights[k * padded + begin], grams);
    if (!likelihood.coupled()) return;
    likelihood.coupling({0, padded, padded}, weights.data());
    for (std::size_t k = 0; k < q; ++k) {
        for (std::size_t l = 0; l <= k; ++l, grams += square) {
            const double *own = &weights[k * padded + begin], *other = &weights[l * padded + begin];
            for (std::size_t i = 0; i < products.size(); ++i) products[i] = own[i] * other[i];
            add_weighted_gram(x, first, panels, products.data(), grams);
        }
    }
}

// The same for all points, one after the other.
void add_pair_grams(const Whitening& whitening, const std::vector<CurvaturePoint>& points, std::size_t first,
                    std::size_t panels, Vector& sums) {
    const std::size_t of_point = sums.size() / points.size();
    for (std::size_t i = 0; i < points.size(); ++i)
        add_pair_grams(whitening, points[i], first, panels, &sums[i * of_point]);
}

// The Gram matrices of all points, of all rows.
Vector all_pair_grams(const Whitening& whitening, const std::vector<CurvaturePoint>& points) {
    Vector sums(curvature_size(*points.front().likelihood, whitening.size(), points.size()));
    if (whitening.distant() == nullptr) {
        add_pair_grams(whitening, points, 0, whitening.matrix().count(), sums);
        return sums;
    }
    Vector coefficients;
    for (const CurvaturePoint& point : points) {
        const Vector one = whitening.point_of(point.u);
        coefficients.insert(coefficients.end(), one.begin(), one.end());
    }
    whitening.distant()->add_curvature(coefficients, {}, sums);
    return sums;
}

// The precision of deviations, Σ_i (D_i − v_i v_iᵀ) ⊗ x_i x_iᵀ, whole (k, k), from the Gram matrices of a
// point.
class PairwisePrecision {
  public:
    PairwisePrecision(const Likelihood& likelihood, std::size_t k, double* h)
        : likelihood_(likelihood), k_(k), columns_(k / likelihood.predictors()), h_(h) {}

    void add(const double* grams, double share) {
        const std::size_t q = likelihood_.predictors(), square = columns_ * columns_;
        for (std::size_t k = 0; k < q; ++k, grams += square) add_gram(grams, share, k, k);
        if (!likelihood_.coupled()) return;
        for (std::size_t k = 0; k < q; ++k)
            for (std::size_t l = 0; l <= k; ++l, grams += square) add_gram(grams, -share, k, l);
    }

  private:
    // Where predictors k and l meet.
    void add_gram(const double* gram, double share, std::size_t k, std::size_t l) {
        for (std::size_t i = 0; i < columns_; ++i) {
            for (std::size_t j = 0; j < columns_; ++j) {
                const double value = share * gram[std::max(i, j) * columns_ + std::min(i, j)];
                h_[(k * columns_ + i) * k_ + l * columns_ + j] += value;
                if (k != l) h_[(l * columns_ + j) * k_ + k * columns_ + i] += value;
            }
        }
    }

    const Likelihood& likelihood_;
    std::size_t k_, columns_;
    double* h_;
};

// In coordinates: basisᵀ H basis.
void pull_back(const Whitening& whitening, const Vector& h, double* precision) {
    const std::size_t k = whitening.size();
    Vector product(k * k);
    multiply(whitening.blas(), h.data(), whitening.basis().data(), k, k, k, product.data());
    multiply_transposed(whitening.blas(), whitening.basis().data(), product.data(), k, k, k, precision);
}

}  // namespace

void mean_precision(const Whitening& whitening, const Vector& prior,
                    const std::vector<CurvaturePoint>& points, double* precision) {
    const double count = static_cast<double>(points.size());
    if (!whitening.folded()) {
        Vector h(prior);
        PairwisePrecision sum(*points.front().likelihood, whitening.size(), h.data());
        const Vector grams = all_pair_grams(whitening, points);
        for (std::size_t i = 0; i < points.size(); ++i)
            sum.add(&grams[i * (grams.size() / points.size())], 1.0 / count);
        return pull_back(whitening, h, precision);
    }
    if (whitening.distant() != nullptr) return distant_precision(whitening, prior, points, precision);
    weighted_precision(whitening, prior, mean_curvature(whitening, points), precision);
}

std::size_t curvature_size(const Likelihood& likelihood, std::size_t k, std::size_t points) {
    if (likelihood.predictors() == 1) return k * k;
    const std::size_t columns = k / likelihood.predictors();
    return points * pair_grams(likelihood) * columns * columns;
}

Vector strip_curvatures(const Whitening& whitening, const std::vector<CurvaturePoint>& points,
                        const RowPartition& strips, const double* before) {
    const std::size_t size = curvature_size(*points.front().likelihood, whitening.size(), points.size());
    Vector sums(strips.count() * size);
    if (before != nullptr) std::copy_n(before, size, sums.begin());
    if (!whitening.folded()) {
        const std::size_t first = strips.first_panel(0), panels = strips.first_panel(1) - first;
        add_pair_grams(whitening, points, first, panels, sums);
        return sums;
    }
    const Vector weights = mean_curvature(whitening, points);
    for (std::size_t s = 0; s < strips.count(); ++s)
        add_strip(whitening, weights, strips, s, &sums[s * size]);
    return sums;
}

}  // namespace polyagamma
