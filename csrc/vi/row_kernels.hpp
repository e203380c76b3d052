#pragma once

#include <cstddef>
#include <vector>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"

namespace polyagamma {

// A block of rows as a kernel finds it, and what it makes of it; arrays (·, rows.stride).
struct BlockOfRows {
    RowBlock rows;
    const double* extras;    // of the likelihood
    const double* variance;  // of linear predictors; see RowKernel::variances
    double* eta;             // (predictors): linear predictors, which become slopes
    double* weights;         // of products of predictors; see RowSums
    double* value;           // [kPanelRows], to be added to
    double* of_extras;       // (extras, kPanelRows), to be added to
    // Of kernels that skew, what is to be added to slopes: (predictors), and (extras, kPanelRows).
    double* skew;
    double* skew_of_extras;
};

// What sums over the rows of a linear model are made of: a value, slopes in the linear predictors, and
// weights, their curvature.
class RowKernel {
  public:
    virtual ~RowKernel() = default;
    // How many variances of a row it needs.
    virtual std::size_t variances(const Likelihood&) const = 0;
    virtual bool weighs() const { return true; }
    // Whether it makes corrections of slopes, apart from these.
    virtual bool skews() const { return false; }
    // Whether what the extras add to the log density besides the rows belongs to the sums.
    virtual bool whole() const { return false; }
    virtual void apply(const Likelihood& likelihood, const BlockOfRows& block) const = 0;
};

// Where the product of linear predictors l <= k of a row is among all of them; of predictors that are not
// coupled, only squares are there.
inline std::size_t place_of_product(const Likelihood& likelihood, std::size_t k, std::size_t l) {
    return likelihood.coupled() ? k * (k + 1) / 2 + l : k;
}
inline std::size_t products_of(const Likelihood& likelihood) {
    const std::size_t q = likelihood.predictors();
    return likelihood.coupled() ? q * (q + 1) / 2 : q;
}

// ℓ, its derivatives and its curvature at a point.
class PointKernel final : public RowKernel {
  public:
    explicit PointKernel(bool weighs) : weighs_(weighs) {}
    std::size_t variances(const Likelihood&) const override { return 0; }
    bool weighs() const override { return weighs_; }
    bool whole() const override { return true; }
    void apply(const Likelihood& likelihood, const BlockOfRows& block) const override;

  private:
    bool weighs_;
};

// The same, and the corrections ½ Σ_bc V_bc ∂³ℓ/∂η_a∂η_b∂η_c of slopes, with V the covariance of a row's
// linear predictors: they make of ∂ℓ/∂η its mean to the third order. By second differences of the
// derivatives, along the columns of V's factor. Variances: of each predictor k, and of coupled ones those of
// sums η_k + η_l in the places of products.
class SkewKernel final : public RowKernel {
  public:
    std::size_t variances(const Likelihood& likelihood) const override { return products_of(likelihood); }
    bool skews() const override { return true; }
    bool whole() const override { return true; }
    void apply(const Likelihood& likelihood, const BlockOfRows& block) const override;
};

// Means of ℓ, its derivatives and its curvature under normal laws of the linear predictors, by a rule for
// standard normal numbers, one of each predictor; for no extras. Variances as for SkewKernel.
class MeanKernel final : public RowKernel {
  public:
    // `nodes` (shares, predictors).
    MeanKernel(Vector nodes, Vector shares) : nodes_(std::move(nodes)), shares_(std::move(shares)) {}
    std::size_t variances(const Likelihood& likelihood) const override { return products_of(likelihood); }
    void apply(const Likelihood& likelihood, const BlockOfRows& block) const override;

  private:
    Vector nodes_, shares_;
};

// The bound of ℓ that Pólya-gamma variables give: with c² = E η² it is κ E η − b log(2 cosh(c/2)), and the
// weights are E ω = b tanh(c/2) / (2c) (Durante and Rigon 2019, Statist. Sci. 34, 472). For predictors that
// are not coupled, and no extras.
class PolyaGammaKernel final : public RowKernel {
  public:
    std::size_t variances(const Likelihood& likelihood) const override { return likelihood.predictors(); }
    void apply(const Likelihood& likelihood, const BlockOfRows& block) const override;
};

}  // namespace polyagamma
