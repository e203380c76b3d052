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

// P + what the rows add, where they are.
void distant_precision(const Whitening& whitening, const Vector& prior,
                       const std::vector<CurvaturePoint>& points, double* precision) {
    Vector u;
    for (const CurvaturePoint& point : points) u.insert(u.end(), point.u, point.u + whitening.size());
    std::copy(prior.begin(), prior.end(), precision);
    whitening.distant()->add_curvature(u, points.size(), precision);
}

// Of one predictor: P + Mᵀ diag(weights) M, and that of the extras.
void weighted_precision(const Whitening& whitening, const Vector& prior, const Vector& weights,
                        double* precision) {
    const std::size_t k = whitening.size(), rows = whitening.predictor().size();
    std::copy(prior.begin(), prior.end(), precision);
    add_strips(whitening, weights, precision);
    for (std::size_t e = rows; e < weights.size(); ++e) {
        const double* row = whitening.last_row(weights.size() - 1 - e);
        for (std::size_t i = 0; i < k; ++i)
            for (std::size_t j = 0; j <= i; ++j) precision[i * k + j] += weights[e] * row[i] * row[j];
    }
}

// The precision of deviations, Σ_i (D_i − v_i v_iᵀ) ⊗ x_i x_iᵀ and that of the extras, whole (k, k): by Gram
// matrices of X for every pair of predictors.
class PairwisePrecision {
  public:
    PairwisePrecision(const Whitening& whitening, double* h)
        : whitening_(whitening),
          k_(whitening.size()),
          columns_(whitening.matrix().columns()),
          padded_(whitening.predictor().size() / whitening.predictors()),
          h_(h),
          gram_(columns_ * columns_),
          products_(padded_) {}

    void add(const CurvaturePoint& point, double share) {
        const Likelihood& likelihood = *point.likelihood;
        const std::size_t q = likelihood.predictors();
        Vector weights(q * padded_ + likelihood.extras());
        curvature_at(whitening_, likelihood, point.u, weights);
        for (std::size_t k = 0; k < q; ++k) add_gram(&weights[k * padded_], share, k, k);
        for (std::size_t e = q * padded_, at = q * columns_; e < weights.size(); ++e, ++at)
            h_[at * k_ + at] += share * weights[e];
        if (!likelihood.coupled()) return;
        likelihood.coupling({0, padded_, padded_}, weights.data());
        for (std::size_t k = 0; k < q; ++k) {
            for (std::size_t l = 0; l <= k; ++l) {
                for (std::size_t i = 0; i < padded_; ++i)
                    products_[i] = weights[k * padded_ + i] * weights[l * padded_ + i];
                add_gram(products_.data(), -share, k, l);
            }
        }
    }

  private:
    // share · Xᵀ diag(weights) X, which is symmetric, where predictors k and l meet.
    void add_gram(const double* weights, double share, std::size_t k, std::size_t l) {
        std::fill(gram_.begin(), gram_.end(), 0.0);
        add_weighted_gram(whitening_.matrix(), 0, whitening_.matrix().count(), weights, gram_.data());
        for (std::size_t i = 0; i < columns_; ++i) {
            for (std::size_t j = 0; j < columns_; ++j) {
                const double value = share * gram_[std::max(i, j) * columns_ + std::min(i, j)];
                h_[(k * columns_ + i) * k_ + l * columns_ + j] += value;
                if (k != l) h_[(l * columns_ + j) * k_ + k * columns_ + i] += value;
            }
        }
    }

    const Whitening& whitening_;
    std::size_t k_, columns_, padded_;
    double* h_;
    Vector gram_, products_;
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
        PairwisePrecision sum(whitening, h.data());
        for (const CurvaturePoint& point : points) sum.add(point, 1.0 / count);
        return pull_back(whitening, h, precision);
    }
    if (whitening.distant() != nullptr) return distant_precision(whitening, prior, points, precision);
    weighted_precision(whitening, prior, mean_curvature(whitening, points), precision);
}

Vector strip_curvatures(const Whitening& whitening, const std::vector<CurvaturePoint>& points,
                        const RowPartition& strips, const double* before) {
    const std::size_t square = whitening.size() * whitening.size();
    const Vector weights = mean_curvature(whitening, points);
    Vector sums(strips.count() * square);
    if (before != nullptr) std::copy_n(before, square, sums.begin());
    for (std::size_t s = 0; s < strips.count(); ++s)
        add_strip(whitening, weights, strips, s, &sums[s * square]);
    return sums;
}

}  // namespace polyagamma
