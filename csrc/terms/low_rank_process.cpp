#include "terms/low_rank_process.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "linalg/weighted_gram.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = 32;  // of 100 columns: in the second-level cache
constexpr std::size_t kBlockRows = kBlockPanels * kPanelRows;

}  // namespace

struct LowRankProcess::RowBlock {
    std::size_t panel, panels;  // the first, and how many
    std::size_t first, end;     // rows
};

LowRankProcess::LowRankProcess(std::size_t n, std::size_t m, FeatureFunction& function, const Blas& blas)
    : LowRankProcess(n, m, std::make_shared<Features>(n, m), blas) {
    function_ = &function;
    sides_[Side::proposed] = {std::make_shared<Features>(n, m), Vector(m * m), Vector(m)};
}

LowRankProcess::LowRankProcess(std::size_t n, std::size_t m, std::shared_ptr<Features> fixed,
                               const Blas& blas)
    : n_(n),
      m_(m),
      function_(nullptr),
      blas_(&blas),
      factorizer_(blas, m),
      weights_(kBlockRows),
      linear_(kBlockRows),
      product_(kBlockRows),
      lanes_(m * kPanelRows) {
    sides_[Side::current] = {std::move(fixed), Vector(m * m), Vector(m)};
}

Status LowRankProcess::load(Side side, const double* theta) {
    return function_ == nullptr ? Status{} : function_->evaluate(theta, *sides_[side].features);
}

void LowRankProcess::copy_parameters(Side side, FunctionTerm& other) {
    *sides_[side].features = *static_cast<LowRankProcess&>(other).sides_[Side::current].features;
}

template <class Work>
void LowRankProcess::for_blocks(Work work) const {
    const std::size_t panels = panels_for(n_);
    for (std::size_t t = 0; t < panels; t += kBlockPanels)
        work(RowBlock{t, std::min(kBlockPanels, panels - t), t * kPanelRows,
                      std::min(n_, (t + kBlockPanels) * kPanelRows)});
}

// Adds Φᵀ linear_ of a block.
void LowRankProcess::add_transposed(const Features& features, const RowBlock& block) {
    std::fill(linear_.begin() + static_cast<std::ptrdiff_t>(block.end - block.first), linear_.end(), 0.0);
    loops().model.transposed(features.matrix.panel(block.panel), block.panels, m_, linear_.data(), 1,
                             kBlockRows, lanes_.data());
}

// Φᵀ d h of all rows, lane by lane.
void LowRankProcess::add_all_transposed(const Features& features, const PseudoData& rows, const double* h) {
    std::fill(lanes_.begin(), lanes_.end(), 0.0);
    for_blocks([&](const RowBlock& block) {
        for (std::size_t i = block.first; i < block.end; ++i)
            linear_[i - block.first] = h[i] / (1.0 + features.variance[i] * rows.precision[i]);
        add_transposed(features, block);
    });
}

void LowRankProcess::sum_transposed(double* out) const {
    for (std::size_t j = 0; j < m_; ++j) out[j] = sum_lanes(&lanes_[j * kPanelRows]);
}

// Φv of a block.
const double* LowRankProcess::product(const Features& features, const RowBlock& block, const double* v) {
    loops().model.forward(features.matrix.panel(block.panel), block.panels, m_, v, 1, product_.data(),
                          kBlockRows);
    return product_.data();
}

// The weights d ω and linear terms d linear of a block, d = 1 / (1 + s ω), and their share of the log
// evidence.
double LowRankProcess::weigh(const Features& features, const PseudoData& rows, const RowBlock& block) {
    double sum = 0.0;
    for (std::size_t i = block.first; i < block.end; ++i) {
        const double d = 1.0 / (1.0 + features.variance[i] * rows.precision[i]);
        const double linear = d * rows.linear[i];
        weights_[i - block.first] = d * rows.precision[i];
        linear_[i - block.first] = linear;
        sum += 0.5 * (std::log(d) - linear * rows.linear[i] / rows.precision[i]);
    }
    std::fill(weights_.begin() + static_cast<std::ptrdiff_t>(block.end - block.first), weights_.end(), 0.0);
    return sum;
}

// z ~ N(0, ΦΦᵀ + diag(s + 1/ω)): by the matrix determinant lemma and Woodbury's identity its log density is
// -½ log|B| + ½ |C⁻¹Φᵀ d linear|² + ½ Σ log d - ½ Σ d linear² / ω, and a term in ω alone.
Status LowRankProcess::condition(Side side, const PseudoData& rows, double& log_evidence) {
    Matrices& m = sides_[side];
    const Features& features = *m.features;
    log_evidence = 0.0;
    std::fill(lanes_.begin(), lanes_.end(), 0.0);
    std::fill(m.b.begin(), m.b.end(), 0.0);
    for (std::size_t j = 0; j < m_; ++j) m.b[j * m_ + j] = 1.0;
    for_blocks([&](const RowBlock& block) {
        log_evidence += weigh(features, rows, block);
        add_weighted_gram(features.matrix, block.panel, block.panels, weights_.data(), m.b.data());
        add_transposed(features, block);
    });
    if (!factorizer_.cholesky(m.b.data()).ok()) return {Status::Kind::not_finite};
    sum_transposed(m.mean.data());
    solve_lower(*blas_, m.b.data(), m_, m.mean.data());
    for (std::size_t j = 0; j < m_; ++j)
        log_evidence += 0.5 * m.mean[j] * m.mean[j] - std::log(m.b[j * m_ + j]);
    return std::isfinite(log_evidence) ? Status{} : Status{Status::Kind::not_finite};
}

// v = C⁻ᵀ(mean + noise); g | v, z, ω ~ N(d (Φv + s linear), s d).
Status LowRankProcess::draw(Side side, const PseudoData& rows, const double* noise, double* whitened,
                            double* g) {
    const Matrices& m = sides_[side];
    for (std::size_t j = 0; j < m_; ++j) whitened[j] = m.mean[j] + noise[j];
    solve_lower_transposed(*blas_, m.b.data(), m_, whitened);
    for_blocks([&](const RowBlock& block) {
        const double* low_rank = product(*m.features, block, whitened);
        for (std::size_t i = block.first; i < block.end; ++i) {
            const double s = m.features->variance[i];
            const double d = 1.0 / (1.0 + s * rows.precision[i]);
            g[i] = d * (low_rank[i - block.first] + s * rows.linear[i]) + std::sqrt(s * d) * noise[m_ + i];
            whitened[m_ + i] = s > 0.0 ? (g[i] - low_rank[i - block.first]) / std::sqrt(s) : 0.0;
        }
    });
    return {};
}

// Rows without variance of their own keep the noise they had: it plays no part.
Status LowRankProcess::invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                                   double* noise) {
    const Matrices& m = sides_[Side::current];
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
    return {};
}

// Cov(v, g) h = C⁻ᵀC⁻¹Φᵀ d h; g is d Φv and noise of variance s d, and e is (g - Φv) / √s.
Status LowRankProcess::covariance_product(Side side, const PseudoData& rows, const double* h,
                                          double* whitened, double* g) {
    const Matrices& m = sides_[side];
    const Features& features = *m.features;
    add_all_transposed(features, rows, h);
    sum_transposed(whitened);
    solve_lower(*blas_, m.b.data(), m_, whitened);
    solve_lower_transposed(*blas_, m.b.data(), m_, whitened);
    for_blocks([&](const RowBlock& block) {
        const double* low_rank = product(features, block, whitened);
        for (std::size_t i = block.first; i < block.end; ++i) {
            const double s = features.variance[i];
            g[i] = (low_rank[i - block.first] + s * h[i]) / (1.0 + s * rows.precision[i]);
            whitened[m_ + i] = s > 0.0 ? (g[i] - low_rank[i - block.first]) / std::sqrt(s) : 0.0;
        }
    });
    return {};
}

Status LowRankProcess::set_linear(Side side, const PseudoData& rows) {
    Matrices& m = sides_[side];
    add_all_transposed(*m.features, rows, rows.linear);
    sum_transposed(m.mean.data());
    solve_lower(*blas_, m.b.data(), m_, m.mean.data());
    return {};
}

// d (h - ω Φ C⁻ᵀC⁻¹Φᵀ d h).
Status LowRankProcess::data_product(Side side, const PseudoData& rows, const double* h, double* out) {
    const Matrices& m = sides_[side];
    const Features& features = *m.features;
    Vector v(m_);
    add_all_transposed(features, rows, h);
    sum_transposed(v.data());
    solve_lower(*blas_, m.b.data(), m_, v.data());
    solve_lower_transposed(*blas_, m.b.data(), m_, v.data());
    for_blocks([&](const RowBlock& block) {
        const double* low_rank = product(features, block, v.data());
        for (std::size_t i = block.first; i < block.end; ++i)
            out[i] = (h[i] - rows.precision[i] * low_rank[i - block.first]) /
                     (1.0 + features.variance[i] * rows.precision[i]);
    });
    return {};
}

// dω - YᵀY with d as in `weigh` and Y = C⁻¹Φᵀ dω, by Woodbury's identity.
void LowRankProcess::find_data_precision(Side side, const PseudoData& rows) {
    Matrices& m = sides_[side];
    Vector y(m_ * n_), weights(n_);
    for (std::size_t i = 0; i < n_; ++i) {
        const double* row = m.features->matrix.panel(i / kPanelRows) + i % kPanelRows;
        weights[i] = rows.precision[i] / (1.0 + m.features->variance[i] * rows.precision[i]);
        for (std::size_t j = 0; j < m_; ++j) y[j * n_ + i] = weights[i] * row[j * kPanelRows];
    }
    solve_lower_rows(*blas_, m.b.data(), m_, n_, y.data());
    m.data_precision.resize(n_ * n_);
    multiply_transposed(*blas_, y.data(), y.data(), n_, m_, n_, m.data_precision.data());
    for (double& element : m.data_precision) element = -element;
    for (std::size_t i = 0; i < n_; ++i) m.data_precision[i * n_ + i] += weights[i];
}

Status LowRankProcess::transform(Side side, const double* whitened, double* g) {
    const Features& features = *sides_[side].features;
    for_blocks([&](const RowBlock& block) {
        const double* low_rank = product(features, block, whitened);
        for (std::size_t i = block.first; i < block.end; ++i)
            g[i] = low_rank[i - block.first] + std::sqrt(features.variance[i]) * whitened[m_ + i];
    });
    return {};
}

}  // namespace polyagamma
