#include "mcmc/collapsed_scales.hpp"

#include <cmath>

#include "linalg/dense.hpp"
#include "random/slice.hpp"

namespace polyagamma {
namespace {

constexpr double kWidth = 3.0;  // of slices, in log λ
constexpr double kMostLogLambda = 115.0;

}  // namespace

// V = G − Tᵀ T with T = L⁻¹ S G; q = r − Tᵀ L⁻¹ S r; 1 − v_j V_jj is the j-th diagonal entry of (L Lᵀ)⁻¹.
void CollapsedScales::load(const ShrunkGram& gram, const ShrunkFactor& factor,
                           const std::vector<std::size_t>& columns) {
    const std::size_t k = factor.root().size(), m = columns.size();
    size_ = m;
    Vector t(k * m), shift(gram.linear), inverse(k * k);
    for (std::size_t i = 0; i < k; ++i)
        for (std::size_t c = 0; c < m; ++c) t[i * m + c] = factor.root()[i] * gram.matrix[i * k + columns[c]];
    solve_lower_rows(*blas_, factor.lower().data(), k, m, t.data());
    factor.pull_back(shift.data());
    v_.resize(m * m);
    q_.resize(m);
    rest_.assign(m, 0.0);
    change_.assign(m, 0.0);
    work_.resize(m);
    multiply_transposed(*blas_, t.data(), t.data(), m, k, m, v_.data());
    multiply_vector_transposed(*blas_, t.data(), shift.data(), k, m, q_.data());
    invert_lower_transposed(*blas_, factor.lower().data(), k, inverse.data());
    for (std::size_t c = 0; c < m; ++c) {
        const std::size_t j = columns[c];
        for (std::size_t d = 0; d < m; ++d) v_[c * m + d] = gram.matrix[j * k + columns[d]] - v_[c * m + d];
        q_[c] = gram.linear[j] - q_[c];
        for (std::size_t i = j; i < k; ++i) rest_[c] += inverse[j * k + i] * inverse[j * k + i];
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

double CollapsedScales::draw(std::size_t column, double a, double h, const ShrinkagePrior& prior) const {
    const auto log_density = [&](double log_lambda) {
        if (!(std::fabs(log_lambda) < kMostLogLambda)) return -HUGE_VAL;
        const double v = prior.variance_at(column, std::exp(2.0 * log_lambda)), va = v * a;
        return 0.5 * (v * h * h / (1.0 + va) - std::log1p(va)) + prior.local().log_density(log_lambda);
    };
    const double log_lambda = 0.5 * std::log(prior.squares()[column]);
    return std::exp(2.0 * slice_step(log_lambda, kWidth, log_density, *bitgen_));
}

void CollapsedScales::update(const ShrunkGram& gram, const ShrunkFactor& factor,
                             const std::vector<std::size_t>& columns, ShrinkagePrior& prior) {
    load(gram, factor, columns);
    for (std::size_t i = 0; i < size_; ++i) {
        const std::size_t j = columns[i];
        refresh_row(i);
        const double* row = &v_[i * size_];
        const double before = prior.variance(j), diagonal = row[i];
        if (rest_[i] > 0.0 && diagonal >= 0.0)
            prior.set_square(j, draw(j, diagonal / rest_[i], q_[i] / rest_[i], prior));
        const double delta = prior.variance(j) - before;
        change_[i] = -delta / (rest_[i] + prior.variance(j) * diagonal);  // 1 + δ V_jj
        for (std::size_t c = i + 1; c < size_; ++c) {
            q_[c] += change_[i] * row[c] * q_[i];
            rest_[c] -= prior.variance(columns[c]) * change_[i] * row[c] * row[c];
        }
    }
}

}  // namespace polyagamma
