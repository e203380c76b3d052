#include "mcmc/collapsed_scales.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "random/slice.hpp"

namespace polyagamma {
namespace {

constexpr double kWidth = 3.0;  // of slices, in log λ
constexpr double kMostLogLambda = 115.0;

}  // namespace

// With B = I + S G S: V = S⁻¹(I − B⁻¹)S⁻¹, and V S = G S B⁻¹ where the former would lose digits on the
// diagonal, for v_j G_jj < 1; q = S⁻¹B⁻¹S r; 1 − v_j V_jj = (B⁻¹)_jj.
void CollapsedScales::load(const ShrunkGram& gram, const ShrunkFactor& factor,
                           const std::vector<std::size_t>& columns) {
    const Vector& root = factor.root();
    const std::size_t k = root.size(), m = columns.size();
    const Vector inverse = factor.inverse();
    size_ = m;
    v_.resize(m * m);
    q_.resize(m);
    rest_.resize(m);
    change_.assign(m, 0.0);
    work_.resize(std::max(m, k));
    Vector shifted(k);
    for (std::size_t i = 0; i < k; ++i) shifted[i] = root[i] * gram.linear[i];
    for (std::size_t c = 0; c < m; ++c) {
        const std::size_t j = columns[c];
        const double *row = &inverse[j * k], *g = &gram.matrix[j * k], s = root[j];
        rest_[c] = row[j];
        q_[c] = dot(row, shifted.data(), k) / s;
        for (std::size_t d = c + 1; d < m; ++d) v_[c * m + d] = -row[columns[d]] / (s * root[columns[d]]);
        for (std::size_t l = 0; l < k; ++l) work_[l] = root[l] * g[l];
        v_[c * m + c] = s * s * g[j] > 1.0 ? (1.0 - row[j]) / (s * s) : dot(work_.data(), row, k) / s;
    }
}

void CollapsedScales::refresh_row(std::size_t i) {
    if (i == 0) return;
    for (std::size_t l = 0; l < i; ++l) work_[l] = change_[l] * v_[l * size_ + i];
    char no = 'N';
    int rows = static_cast<int>(size_ - i), columns = static_cast<int>(i), stride = static_cast<int>(size_);
    int step = 1;
    double one = 1.0;
    blas_->dgemv(&no, &rows, &columns, &one, &v_[i], &stride, work_.data(), &step, &one, &v_[i * size_ + i],
                 &step);
}

double CollapsedScales::draw(std::size_t column, const OneCoefficient& rows,
                             const ShrinkagePrior& prior) const {
    const auto log_density = [&](double log_lambda) {
        if (!(std::fabs(log_lambda) < kMostLogLambda)) return -HUGE_VAL;
        const double v = prior.variance_at(column, std::exp(2.0 * log_lambda));
        return rows.log_evidence(v) + prior.local().log_density(log_lambda);
    };
    const double log_lambda = 0.5 * std::log(prior.squares()[column]);
    return std::exp(2.0 * slice_step(log_lambda, kWidth, log_density, *bitgen_));
}

void CollapsedScales::add_pseudo_data(const ShrunkGram& gram, const ShrunkFactor& factor,
                                      const std::vector<std::size_t>& columns, ColumnPseudoData& sum) {
    load(gram, factor, columns);
    for (std::size_t i = 0; i < size_; ++i) {
        sum.precision[columns[i]] += v_[i * (size_ + 1)] / rest_[i];
        sum.linear[columns[i]] += q_[i] / rest_[i];
    }
}

void CollapsedScales::update(const ShrunkGram& gram, const ShrunkFactor& factor,
                             const std::vector<std::size_t>& columns, ShrinkagePrior& prior) {
    load(gram, factor, columns);
    Vector variance(size_);
    for (std::size_t i = 0; i < size_; ++i) variance[i] = prior.variance(columns[i]);
    for (std::size_t i = 0; i < size_; ++i) {
        const std::size_t j = columns[i];
        refresh_row(i);
        const double* row = &v_[i * size_];
        const double before = variance[i], diagonal = row[i];
        if (rest_[i] > 0.0 && diagonal >= 0.0)
            prior.set_square(j, draw(j, {diagonal / rest_[i], q_[i] / rest_[i]}, prior));
        const double after = prior.variance(j);
        change_[i] = (before - after) / (rest_[i] + after * diagonal);  // 1 + δ V_jj
        for (std::size_t c = i + 1; c < size_; ++c) {
            q_[c] += change_[i] * row[c] * q_[i];
            rest_[c] -= variance[c] * change_[i] * row[c] * row[c];
        }
    }
}

}  // namespace polyagamma
