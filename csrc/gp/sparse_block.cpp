#include "gp/sparse_block.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockRows = 256;

}  // namespace

SparseBlock::SparseBlock(std::size_t n, std::size_t m, FeatureFunction& function, const Blas& blas)
    : SparseBlock(n, m, std::make_shared<Features>(n, m), blas) {
    function_ = &function;
    sides_[1] = {std::make_shared<Features>(n, m), Vector(m * m), Vector(m)};
}

SparseBlock::SparseBlock(std::size_t n, std::size_t m, std::shared_ptr<Features> fixed, const Blas& blas)
    : n_(n),
      m_(m),
      function_(nullptr),
      blas_(&blas),
      weights_(n),
      linear_(n),
      work_(m),
      scaled_(kBlockRows * m) {
    sides_[0] = {std::move(fixed), Vector(m * m), Vector(m)};
}

Evaluation SparseBlock::load(Side side, const double* theta) {
    Features& features = *at(side).features;
    if (function_ == nullptr) return Evaluation::ok;
    return function_->evaluate(theta, features.matrix.data(), features.variance.data());
}

void SparseBlock::add_weighted_gram(const Features& features, const double* weights, double* gram) {
    char plain = 'N', transposed = 'T';
    double one = 1.0;
    int m = static_cast<int>(m_);
    for (std::size_t first = 0; first < n_; first += kBlockRows) {
        int rows = static_cast<int>(std::min(kBlockRows, n_ - first));
        const double* from = features.matrix.data() + first * m_;
        for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
            const double root = std::sqrt(weights[first + i]);
            for (std::size_t j = 0; j < m_; ++j) scaled_[i * m_ + j] = root * from[i * m_ + j];
        }
        blas_->dgemm(&plain, &transposed, &m, &m, &rows, &one, scaled_.data(), &m, scaled_.data(), &m, &one,
                     gram, &m);
    }
}

// z ~ N(0, ΦΦᵀ + diag(s + 1/ω)): by the matrix determinant lemma and Woodbury's identity its log density is
// -½ log|B| + ½ |C⁻¹Φᵀ d linear|² + ½ Σ log d - ½ Σ d linear² / ω with d = 1 / (1 + s ω), and a term in ω
// alone.
Evaluation SparseBlock::condition(Side side, const PseudoRows& rows, double& log_evidence) {
    Matrices& m = at(side);
    log_evidence = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
        const double d = 1.0 / (1.0 + m.features->variance[i] * rows.precision[i]);
        weights_[i] = d * rows.precision[i];
        linear_[i] = d * rows.linear[i];
        log_evidence += 0.5 * (std::log(d) - linear_[i] * rows.linear[i] / rows.precision[i]);
    }
    std::fill(m.b.begin(), m.b.end(), 0.0);
    for (std::size_t j = 0; j < m_; ++j) m.b[j * m_ + j] = 1.0;
    add_weighted_gram(*m.features, weights_.data(), m.b.data());
    if (!cholesky(*blas_, m.b.data(), m_).ok()) return Evaluation::undefined;
    multiply_vector_transposed(*blas_, m.features->matrix.data(), linear_.data(), n_, m_, m.mean.data());
    solve_lower(*blas_, m.b.data(), m_, m.mean.data());
    for (std::size_t j = 0; j < m_; ++j)
        log_evidence += 0.5 * m.mean[j] * m.mean[j] - std::log(m.b[j * m_ + j]);
    return std::isfinite(log_evidence) ? Evaluation::ok : Evaluation::undefined;
}

// v = C⁻ᵀ(mean + noise); g | v, z, ω ~ N(d (Φv + s linear), s d).
Evaluation SparseBlock::draw(Side side, const PseudoRows& rows, const double* noise, double* whitened,
                             double* g) {
    const Matrices& m = at(side);
    for (std::size_t j = 0; j < m_; ++j) whitened[j] = m.mean[j] + noise[j];
    solve_lower_transposed(*blas_, m.b.data(), m_, whitened);
    multiply_vector(*blas_, m.features->matrix.data(), whitened, n_, m_, g);
    for (std::size_t i = 0; i < n_; ++i) {
        const double s = m.features->variance[i];
        const double d = 1.0 / (1.0 + s * rows.precision[i]);
        const double low_rank = g[i];
        g[i] = d * (low_rank + s * rows.linear[i]) + std::sqrt(s * d) * noise[m_ + i];
        whitened[m_ + i] = s > 0.0 ? (g[i] - low_rank) / std::sqrt(s) : 0.0;
    }
    return Evaluation::ok;
}

// Rows without variance of their own keep the noise they had: it plays no part.
Evaluation SparseBlock::invert_draw(const PseudoRows& rows, const double* whitened, const double* g,
                                    double* noise) {
    const Matrices& m = at(Side::current);
    for (std::size_t j = 0; j < m_; ++j) {  // Cᵀ v - mean
        double sum = -m.mean[j];
        for (std::size_t k = j; k < m_; ++k) sum += m.b[k * m_ + j] * whitened[k];
        noise[j] = sum;
    }
    for (std::size_t i = 0; i < n_; ++i) {
        const double s = m.features->variance[i];
        const double d = 1.0 / (1.0 + s * rows.precision[i]);
        const double low_rank = g[i] - std::sqrt(s) * whitened[m_ + i];
        if (s > 0.0) noise[m_ + i] = (g[i] - d * (low_rank + s * rows.linear[i])) / std::sqrt(s * d);
    }
    return Evaluation::ok;
}

// Cov(v, g) h = C⁻ᵀC⁻¹Φᵀ d h; g is d Φv and noise of variance s d, and e is (g - Φv) / √s.
Evaluation SparseBlock::covariance_product(const PseudoRows& rows, const double* h, double* whitened,
                                           double* g) {
    const Matrices& m = at(Side::current);
    const double* matrix = m.features->matrix.data();
    for (std::size_t i = 0; i < n_; ++i)
        linear_[i] = h[i] / (1.0 + m.features->variance[i] * rows.precision[i]);
    multiply_vector_transposed(*blas_, matrix, linear_.data(), n_, m_, whitened);
    solve_lower(*blas_, m.b.data(), m_, whitened);
    solve_lower_transposed(*blas_, m.b.data(), m_, whitened);
    multiply_vector(*blas_, matrix, whitened, n_, m_, g);
    for (std::size_t i = 0; i < n_; ++i) {
        const double s = m.features->variance[i], low_rank = g[i];
        g[i] = low_rank / (1.0 + s * rows.precision[i]) + s * linear_[i];
        whitened[m_ + i] = s > 0.0 ? (g[i] - low_rank) / std::sqrt(s) : 0.0;
    }
    return Evaluation::ok;
}

Evaluation SparseBlock::transform(Side side, const double* whitened, double* g) {
    const Features& features = *at(side).features;
    multiply_vector(*blas_, features.matrix.data(), whitened, n_, m_, g);
    for (std::size_t i = 0; i < n_; ++i) g[i] += std::sqrt(features.variance[i]) * whitened[m_ + i];
    return Evaluation::ok;
}

}  // namespace polyagamma
