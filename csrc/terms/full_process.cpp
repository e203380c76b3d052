#include "terms/full_process.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {

FullProcess::FullProcess(std::size_t n, CovarianceFunction& function, const Blas& blas)
    : n_(n),
      function_(&function),
      blas_(&blas),
      factorizer_(blas, n),
      scale_(n),
      work_(n),
      whitened_(n),
      g_(n) {
    for (const Side side : {Side::current, Side::proposed})
        sides_[side] = {std::make_shared<Covariance>(n, blas), Vector(n * n)};
}

FullProcess::FullProcess(std::size_t n, std::shared_ptr<Covariance> fixed, const Blas& blas)
    : n_(n),
      function_(nullptr),
      blas_(&blas),
      factorizer_(blas, n),
      scale_(n),
      work_(n),
      whitened_(n),
      g_(n) {
    sides_[Side::current] = {std::move(fixed), Vector(n * n)};
}

Status FullProcess::load(Side side, const double* theta) {
    return function_ == nullptr ? Status{} : sides_[side].prior->evaluate(*function_, theta);
}

void FullProcess::copy_parameters(Side side, FunctionTerm& other) {
    *sides_[side].prior = *static_cast<FullProcess&>(other).sides_[Side::current].prior;
}

// log p(z | ω, θ) = -½ log|B| - ½ sᵀB⁻¹s + const, s = Ω^{-½}(κ - Ω offset), for z ~ N(0, K + Ω⁻¹).
Status FullProcess::condition(Side side, const PseudoData& rows, double& log_evidence) {
    Matrices& m = sides_[side];
    m.inverted = false;
    for (std::size_t i = 0; i < n_; ++i) {
        scale_[i] = std::sqrt(rows.precision[i]);
        work_[i] = rows.linear[i] / scale_[i];
    }
    m.prior->scaled_plus_identity(scale_.data(), m.b.data());
    if (!factorizer_.cholesky(m.b.data()).ok()) return {Status::Kind::not_finite};
    solve_lower(*blas_, m.b.data(), n_, work_.data());
    double half_log_det = 0.0, quadratic = 0.0;
    for (std::size_t i = 0; i < n_; ++i) {
        half_log_det += std::log(m.b[i * n_ + i]);
        quadratic += work_[i] * work_[i];
    }
    log_evidence = -half_log_det - 0.5 * quadratic;
    return std::isfinite(log_evidence) ? Status{} : Status{Status::Kind::not_finite};
}

// out = Ω^½B⁻¹ x, and x something else: by the inverse where it has been found, at half the cost.
void FullProcess::precision_product(const Matrices& m, double* x, double* out) const {
    if (m.inverted) {
        for (std::size_t i = 0; i < n_; ++i) x[i] /= scale_[i];
        multiply_symmetric(*blas_, m.data_precision.data(), x, n_, out);
        return;
    }
    solve_lower(*blas_, m.b.data(), n_, x);
    solve_lower_transposed(*blas_, m.b.data(), n_, x);
    for (std::size_t i = 0; i < n_; ++i) out[i] = scale_[i] * x[i];
}

// Matheron's rule: g = g₀ + KΩ^½B⁻¹(Ω^{-½}(κ - Ω offset) - Ω^½g₀ - ε) with g₀ = L z ~ N(0, K) and ε ~ N(0,
// I). As K = L Lᵀ, this is g = L ν with ν = z + LᵀΩ^½B⁻¹(...).
Status FullProcess::draw(Side side, const PseudoData& rows, const double* noise, double* whitened,
                         double* g) {
    Matrices& m = sides_[side];
    const Status factored = m.prior->factor(factorizer_);
    if (!factored.ok()) return factored;
    const double *z = noise, *epsilon = noise + n_;
    std::copy(z, z + n_, g);
    m.prior->multiply_factor(g);
    for (std::size_t i = 0; i < n_; ++i)
        work_[i] = rows.linear[i] / scale_[i] - scale_[i] * g[i] - epsilon[i];
    precision_product(m, work_.data(), whitened);
    m.prior->multiply_factor_transposed(whitened);
    for (std::size_t i = 0; i < n_; ++i) whitened[i] += z[i];
    return transform(side, whitened, g);
}

// Matheron's rule once more: given g, (z, ε) is any pair (z*, ε*) from the prior, which makes (ν*, g*), plus
// its covariance with g times the inverse of that of g times g - g*; this is z* + ν - ν* and ε* - Ω^½(g -
// g*).
Status FullProcess::invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                                double* noise) {
    const Status result = draw(Side::current, rows, noise, whitened_.data(), g_.data());
    for (std::size_t i = 0; i < n_; ++i) {
        noise[i] += whitened[i] - whitened_[i];
        noise[n_ + i] -= scale_[i] * (g[i] - g_[i]);
    }
    return result;
}

// K(I - Ω^½B⁻¹Ω^½K) h is the covariance of g with itself times h, K - K(K + Ω⁻¹)⁻¹K; that of ν has Lᵀ for
// the first K. Where the inverse has been found Ω^½B⁻¹Ω^{-½} h, which is the same as what K multiplies, takes
// a third of the products.
Status FullProcess::covariance_product(Side side, const PseudoData&, const double* h, double* whitened,
                                       double* g) {
    const Matrices& m = sides_[side];
    const Status factored = m.prior->factor(factorizer_);
    if (!factored.ok()) return factored;
    if (m.inverted) {
        data_product(m, h, whitened);
    } else {
        std::copy(h, h + n_, work_.begin());
        m.prior->multiply_factor_transposed(work_.data());
        m.prior->multiply_factor(work_.data());
        for (std::size_t i = 0; i < n_; ++i) work_[i] *= scale_[i];
        precision_product(m, work_.data(), whitened);
        for (std::size_t i = 0; i < n_; ++i) whitened[i] = h[i] - whitened[i];
    }
    m.prior->multiply_factor_transposed(whitened);
    return transform(side, whitened, g);
}

// Ω^½B⁻¹Ω^{-½} h.
void FullProcess::data_product(const Matrices& m, const double* h, double* out) {
    for (std::size_t i = 0; i < n_; ++i) work_[i] = h[i] / scale_[i];
    precision_product(m, work_.data(), out);
}

Status FullProcess::data_product(Side side, const PseudoData&, const double* h, double* out) {
    data_product(sides_[side], h, out);
    return {};
}

// Ω^½B⁻¹Ω^½.
void FullProcess::find_data_precision(Side side, const PseudoData&) {
    Matrices& m = sides_[side];
    m.data_precision = m.b;
    factorizer_.invert(m.data_precision.data());
    for (std::size_t i = 0; i < n_; ++i)
        for (std::size_t j = 0; j <= i; ++j) m.data_precision[i * n_ + j] *= scale_[i] * scale_[j];
    m.inverted = true;
}

Status FullProcess::transform(Side side, const double* whitened, double* g) {
    Covariance& prior = *sides_[side].prior;
    const Status factored = prior.factor(factorizer_);
    if (!factored.ok()) return factored;
    std::copy(whitened, whitened + n_, g);
    prior.multiply_factor(g);
    return {};
}

}  // namespace polyagamma
