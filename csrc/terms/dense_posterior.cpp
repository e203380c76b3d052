#include "terms/dense_posterior.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kGroupPanels = 4, kGroupRows = kGroupPanels * kPanelRows;

// a (n, n) in full from its lower triangle, tile by tile so that both triangles stay in cache.
void fill_upper(double* a, std::size_t n) {
    constexpr std::size_t kTile = 32;
    for (std::size_t i0 = 0; i0 < n; i0 += kTile)
        for (std::size_t j0 = 0; j0 <= i0; j0 += kTile)
            for (std::size_t i = i0; i < std::min(i0 + kTile, n); ++i)
                for (std::size_t j = j0; j < std::min(j0 + kTile, i); ++j) a[j * n + i] = a[i * n + j];
}

}  // namespace

std::size_t TriangularPanels::groups() const {
    return (n_ + kGroupRows - 1) / kGroupRows;
}

TriangularPanels::RowGroup TriangularPanels::group(std::size_t index) const {
    const std::size_t before = kGroupRows * kGroupRows * (index * (index + 1) / 2);
    const std::size_t first = index * kGroupRows, rows = std::min(kGroupRows, n_ - first);
    return {data_.data() + before, first, rows, panels_for(rows), first + rows};
}

void TriangularPanels::assign(const double* a, std::size_t n) {
    n_ = n;
    data_.assign(kGroupRows * kGroupRows * (groups() * (groups() + 1) / 2), 0.0);
    for (std::size_t index = 0; index < groups(); ++index) {
        const RowGroup to = group(index);
        double* data = data_.data() + (to.data - data_.data());
        for (std::size_t i = 0; i < to.rows; ++i)
            for (std::size_t j = 0; j <= to.first_row + i; ++j)
                data[(i / kPanelRows * to.columns + j) * kPanelRows + i % kPanelRows] =
                    a[(to.first_row + i) * n + j];
    }
}

void TriangularPanels::multiply(const double* x, std::size_t chains, double* out, std::size_t stride) const {
    for (std::size_t index = 0; index < groups(); ++index) {
        const RowGroup from = group(index);
        loops().model.forward(from.data, from.panels, from.columns, x, chains, out + from.first_row, stride);
    }
}

// Forward substitution; the product with a group's rows, while its own unknowns are 0, is that with the
// unknowns before it.
void TriangularPanels::solve(double* x, std::size_t chains, std::size_t stride, double* interleaved) const {
    std::fill_n(interleaved, n_ * chains, 0.0);
    Vector known(chains * kGroupRows);
    for (std::size_t index = 0; index < groups(); ++index) {
        const RowGroup from = group(index);
        loops().model.forward(from.data, from.panels, from.columns, interleaved, chains, known.data(),
                              kGroupRows);
        for (std::size_t c = 0; c < chains; ++c) {
            double* own = x + c * stride + from.first_row;
            for (std::size_t i = 0; i < from.rows; ++i) {
                double rest = own[i] - known[c * kGroupRows + i];
                for (std::size_t j = 0; j < i; ++j) rest -= from.at(i, from.first_row + j) * own[j];
                own[i] = rest / from.at(i, from.first_row + i);
                interleaved[(from.first_row + i) * chains + c] = own[i];
            }
        }
    }
}

// Σ = K - (C⁻¹W^½K)ᵀ(C⁻¹W^½K) with C Cᵀ = I + W^½KW^½, which needs no inverse of K; in place of K, in full.
Status DensePosterior::condition(Vector& k, const PseudoData& rows) const {
    Vector b(n_ * n_), t(n_ * n_), root(n_);
    for (std::size_t i = 0; i < n_; ++i) root[i] = std::sqrt(rows.precision[i]);
    for (std::size_t i = 0; i < n_; ++i) {
        for (std::size_t j = 0; j < n_; ++j) t[i * n_ + j] = root[i] * k[i * n_ + j];
        for (std::size_t j = 0; j <= i; ++j) b[i * n_ + j] = t[i * n_ + j] * root[j];
        b[i * n_ + i] += 1.0;
    }
    if (!cholesky(*blas_, b.data(), n_).ok()) return {Status::Kind::not_finite};
    char right = 'R', upper = 'U', no = 'N', transposed = 'T';
    int order = static_cast<int>(n_);
    double one = 1.0, minus_one = -1.0;
    blas_->dtrsm(&right, &upper, &no, &no, &order, &order, &one, b.data(), &order, t.data(), &order);
    blas_->dgemm(&no, &transposed, &order, &order, &order, &minus_one, t.data(), &order, t.data(), &order,
                 &one, k.data(), &order);
    return {};
}

Status DensePosterior::assign(CovarianceFunction& function, const PseudoData& rows) {
    covariance_ = Panels();
    factor_ = TriangularPanels();
    Vector k(n_ * n_);
    Status result = function.evaluate(nullptr, k.data());
    fill_upper(k.data(), n_);
    if (result.ok()) result = condition(k, rows);
    if (!result.ok()) return result;
    fill_upper(k.data(), n_);  // exactly symmetric
    covariance_.assign({k.data(), n_, n_, false}, nullptr, *blas_);
    multiply_vector(*blas_, k.data(), rows.linear, n_, n_, mean_.data());
    constant_ = 0.5 * dot(mean_.data(), rows.linear, n_);
    if (!cholesky(*blas_, k.data(), n_).ok()) return {Status::Kind::not_finite};
    factor_.assign(k.data(), n_);
    return {};
}

}  // namespace polyagamma
