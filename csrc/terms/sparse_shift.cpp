#include "terms/sparse_shift.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// Whose scaled features are made at a time: as many as fit into the second-level cache next to the sums, for
// each block costs a sum over the lanes of every pair of columns.
constexpr std::size_t kBlockValues = 32768, kLeastPanels = 8;

std::size_t block_panels(std::size_t columns) {
    return std::max(kLeastPanels, kBlockValues / (kPanelRows * columns));
}

}  // namespace

SparseShift::SparseShift(const std::vector<LowRankProcess*>& blocks)
    : blocks_(blocks),
      n_(blocks.front()->n_rows()),
      padded_(padded_rows(n_)),
      m_(blocks.front()->n_features()),
      size_(blocks.size() * m_),
      blas_(&blocks.front()->blas()),
      factorizer_(*blas_, size_),
      block_panels_(std::min(block_panels(size_), panels_for(n_))),
      scaled_(block_panels_ * kPanelRows * size_),
      rows_(padded_),
      lanes_(m_ * kPanelRows),
      coefficients_(size_) {
    factorizer_.use_own_loops();
    for (const Side side : {Side::current, Side::proposed})
        sides_[side] = {std::vector<Side>(blocks.size()), Vector(blocks.size() * padded_), Vector(padded_),
                        Vector(size_ * size_)};
}

// Blocks that were on their proposed side have swapped, too.
void SparseShift::swap_sides() {
    sides_.swap();
    sides_[Side::current].blocks.assign(blocks_.size(), Side::current);
}

void SparseShift::weigh(Matrices& at, const double* d) {
    std::fill(at.total.begin(), at.total.end(), 0.0);
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        const Vector& variance = features(at, k).variance;
        for (std::size_t i = 0; i < n_; ++i) {
            const double own = d[k * n_ + i];
            at.weights[k * padded_ + i] = own / (1.0 + variance[i] * own);
            at.total[i] += at.weights[k * padded_ + i];
        }
    }
    std::fill(at.total.begin() + static_cast<std::ptrdiff_t>(n_), at.total.end(), 1.0);
}

// -HᵀH with H = Λ^-½ [Λ_kΦ_k], made panel by panel.
void SparseShift::subtract_gram(Matrices& at) {
    std::fill(at.factor.begin(), at.factor.end(), 0.0);
    std::fill(rows_.begin(), rows_.end(), -1.0);
    const std::size_t panels = panels_for(n_);
    for (std::size_t first = 0; first < panels; first += block_panels_) {
        const std::size_t count = std::min(block_panels_, panels - first);
        double* out = scaled_.data();
        for (std::size_t t = first; t < first + count; ++t) {
            for (std::size_t k = 0; k < blocks_.size(); ++k) {
                const double* in = features(at, k).matrix.panel(t);
                double scale[kPanelRows];
                for (std::size_t lane = 0; lane < kPanelRows; ++lane) {
                    const std::size_t i = t * kPanelRows + lane;
                    scale[lane] = at.weights[k * padded_ + i] / std::sqrt(at.total[i]);
                }
                for (std::size_t j = 0; j < m_; ++j, in += kPanelRows, out += kPanelRows)
                    for (std::size_t lane = 0; lane < kPanelRows; ++lane) out[lane] = scale[lane] * in[lane];
            }
        }
        loops().model.weighted_gram(scaled_.data(), count, size_, rows_.data(), at.factor.data());
    }
}

// The blocks' own I + ΦᵀΛ_kΦ, and less the log of its determinant.
void SparseShift::add_own_precision(Matrices& at, double& log_det) {
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        const double* c = blocks_[k]->factor(at.blocks[k]).data();
        const double* precision = blocks_[k]->precision(at.blocks[k]).data();
        for (std::size_t i = 0; i < m_; ++i) {
            double* row = &at.factor[(k * m_ + i) * size_ + k * m_];
            for (std::size_t j = 0; j <= i; ++j) row[j] += precision[i * m_ + j];
            log_det -= 2.0 * std::log(c[i * m_ + i]);
        }
    }
}

// log |M| = log |Λ| + log |P| - Σ log |I + Φ_kᵀΛ_kΦ_k|.
Status SparseShift::factor(Side side, const std::vector<Side>& sides, const double* d, double& log_det) {
    Matrices& at = sides_[side];
    at.blocks = sides;
    log_det = 0.0;
    weigh(at, d);
    subtract_gram(at);
    add_own_precision(at, log_det);
    if (!factorizer_.cholesky(at.factor.data()).ok()) return {Status::Kind::not_finite};
    for (std::size_t j = 0; j < size_; ++j) log_det += 2.0 * std::log(at.factor[j * size_ + j]);
    for (std::size_t i = 0; i < n_; ++i) log_det += std::log(at.total[i]);
    return std::isfinite(log_det) ? Status{} : Status{Status::Kind::not_finite};
}

// v_k = Φ_kᵀΛ_k x.
void SparseShift::transposed(const Matrices& at, const double* x, double* v) {
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        for (std::size_t i = 0; i < n_; ++i) rows_[i] = at.weights[k * padded_ + i] * x[i];
        std::fill(rows_.begin() + static_cast<std::ptrdiff_t>(n_), rows_.end(), 0.0);
        std::fill(lanes_.begin(), lanes_.end(), 0.0);
        loops().model.transposed(features(at, k).matrix.panel(0), panels_for(n_), m_, rows_.data(), 1,
                                 padded_, lanes_.data());
        for (std::size_t j = 0; j < m_; ++j) v[k * m_ + j] = sum_lanes(&lanes_[j * kPanelRows]);
    }
}

// x += ΣΛ_kΦ_k v_k.
void SparseShift::add_product(const Matrices& at, const double* v, double* x) {
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        loops().model.forward(features(at, k).matrix.panel(0), panels_for(n_), m_, v + k * m_, 1,
                              rows_.data(), padded_);
        for (std::size_t i = 0; i < n_; ++i) x[i] += at.weights[k * padded_ + i] * rows_[i];
    }
}

void SparseShift::solve(Side side, double* x) {
    const Matrices& at = sides_[side];
    Vector scaled(n_);
    for (std::size_t i = 0; i < n_; ++i) scaled[i] = x[i] / at.total[i];
    transposed(at, scaled.data(), coefficients_.data());
    solve_lower(*blas_, at.factor.data(), size_, coefficients_.data());
    solve_lower_transposed(*blas_, at.factor.data(), size_, coefficients_.data());
    add_product(at, coefficients_.data(), x);
    for (std::size_t i = 0; i < n_; ++i) x[i] /= at.total[i];
}

// Coefficients v ~ N(0, P⁻¹), then the shift given them: Λ⁻¹ΣΛ_kΦ_k v_k and noise of variance Λ⁻¹.
void SparseShift::draw(Side side, const double* noise, double* shift) {
    const Matrices& at = sides_[side];
    for (std::size_t i = 0; i < n_; ++i) shift[i] = std::sqrt(at.total[i]) * noise[i];
    std::copy_n(noise + n_, size_, coefficients_.begin());
    solve_lower_transposed(*blas_, at.factor.data(), size_, coefficients_.data());
    add_product(at, coefficients_.data(), shift);
    for (std::size_t i = 0; i < n_; ++i) shift[i] /= at.total[i];
}

// Given the shift the coefficients are independent between functions, v_k ~ N(B_k⁻¹Φ_kᵀΛ_k shift, B_k⁻¹) with
// B_k = I + Φ_kᵀΛ_kΦ_k = C_kC_kᵀ; their noise is Gᵀv, and that of the rows follows.
void SparseShift::invert_draw(Side side, const double* shift, double* noise) {
    const Matrices& at = sides_[side];
    double* of_coefficients = noise + n_;
    transposed(at, shift, coefficients_.data());
    for (std::size_t k = 0; k < blocks_.size(); ++k) {
        const double* c = blocks_[k]->factor(at.blocks[k]).data();
        double* v = &coefficients_[k * m_];
        solve_lower(*blas_, c, m_, v);
        for (std::size_t j = 0; j < m_; ++j) v[j] += of_coefficients[k * m_ + j];
        solve_lower_transposed(*blas_, c, m_, v);
    }
    std::fill_n(of_coefficients, size_, 0.0);
    for (std::size_t i = 0; i < size_; ++i)
        for (std::size_t j = 0; j <= i; ++j)
            of_coefficients[j] += at.factor[i * size_ + j] * coefficients_[i];
    std::fill_n(noise, n_, 0.0);
    add_product(at, coefficients_.data(), noise);
    for (std::size_t i = 0; i < n_; ++i)
        noise[i] = (at.total[i] * shift[i] - noise[i]) / std::sqrt(at.total[i]);
}

}  // namespace polyagamma
