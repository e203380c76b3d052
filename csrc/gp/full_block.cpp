#include "gp/full_block.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {

FullBlock::FullBlock(std::size_t n, CovarianceFunction& function, const Blas& blas)
    : n_(n), function_(&function), blas_(&blas), scale_(n), work_(n) {
    for (Matrices& side : sides_) side = {std::make_shared<Covariance>(n, blas), Vector(n * n)};
}

FullBlock::FullBlock(std::size_t n, std::shared_ptr<Covariance> fixed, const Blas& blas)
    : n_(n), function_(nullptr), blas_(&blas), scale_(n), work_(n) {
    sides_[0] = {std::move(fixed), Vector(n * n)};
}

Evaluation FullBlock::load(Side side, const double* theta) {
    return function_ == nullptr ? Evaluation::ok : at(side).prior->evaluate(*function_, theta);
}

// log p(z | ω, θ) = -½ log|B| - ½ sᵀB⁻¹s + const, s = Ω^{-½}(κ - Ω offset), for z ~ N(0, K + Ω⁻¹).
Evaluation FullBlock::condition(Side side, const PseudoRows& rows, double& log_evidence) {
    Matrices& m = at(side);
    for (std::size_t i = 0; i < n_; ++i) {
        scale_[i] = std::sqrt(rows.precision[i]);
        work_[i] = rows.linear[i] / scale_[i];
    }
    m.prior->scaled_plus_identity(scale_.data(), m.b.data());
    if (!cholesky(*blas_, m.b.data(), n_).ok()) return Evaluation::undefined;
    solve_lower(*blas_, m.b.data(), n_, work_.data());
    double half_log_det = 0.0, quadratic = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
        half_log_det += std::log(m.b[i * n_ + i]);
        quadratic += work_[i] * work_[i];
    }
    log_evidence = -half_log_det - 0.5 * quadratic;
    return std::isfinite(log_evidence) ? Evaluation::ok : Evaluation::undefined;
}

// Matheron's rule: g = g₀ + KΩ^½B⁻¹(Ω^{-½}(κ - Ω offset) - Ω^½g₀ - ε) with g₀ = L z ~ N(0, K) and ε ~ N(0,
// I). As K = L Lᵀ, this is g = L ν with ν = z + LᵀΩ^½B⁻¹(...).
Evaluation FullBlock::draw(const PseudoRows& rows, double* noise, double* whitened, double* g) {
    Matrices& m = at(Side::current);
    const Evaluation factored = m.prior->factor();
    if (factored != Evaluation::ok) return factored;
    const double* z = noise;
    double* residual = noise + n_;  // holds ε
    std::copy(z, z + n_, g);
    m.prior->multiply_factor(g);
    for (std::size_t i = 0; i < n_; ++i)
        residual[i] = rows.linear[i] / scale_[i] - scale_[i] * g[i] - residual[i];
    solve_lower(*blas_, m.b.data(), n_, residual);
    solve_lower_transposed(*blas_, m.b.data(), n_, residual);
    for (std::size_t i = 0; i < n_; ++i) whitened[i] = scale_[i] * residual[i];
    m.prior->multiply_factor_transposed(whitened);
    for (std::size_t i = 0; i < n_; ++i) whitened[i] += z[i];
    return transform(Side::current, whitened, g);
}

Evaluation FullBlock::transform(Side side, const double* whitened, double* g) {
    Covariance& prior = *at(side).prior;
    const Evaluation factored = prior.factor();
    if (factored != Evaluation::ok) return factored;
    std::copy(whitened, whitened + n_, g);
    prior.multiply_factor(g);
    return Evaluation::ok;
}

}  // namespace polyagamma
