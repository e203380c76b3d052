#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/panels.hpp"
#include "linalg/status.hpp"
#include "terms/covariance.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// A lower triangular matrix in groups of panels (see simd/model_loops.hpp), each as wide as its last row
// is long: n²/2 numbers.
class TriangularPanels {
  public:
    // From the lower triangle of a (n, n), row-major.
    void assign(const double* a, std::size_t n);

    // Products and solutions for several vectors at once, interleaved: x[j * chains + c]. out (chains,
    // stride), stride at least the number of padded rows.
    void multiply(const double* x, std::size_t chains, double* out, std::size_t stride) const;
    // x = A⁻¹ x, x (chains, stride) and padded; `interleaved` (n, chains) is workspace.
    void solve(double* x, std::size_t chains, std::size_t stride, double* interleaved) const;

  private:
    struct RowGroup {
        const double* data;
        std::size_t first_row, rows, panels, columns;
        double at(std::size_t i, std::size_t j) const {
            return data[(i / kPanelRows * columns + j) * kPanelRows + i % kPanelRows];
        }
    };
    RowGroup group(std::size_t index) const;
    std::size_t groups() const;

    std::size_t n_ = 0;
    Vector data_;
};

// N(m, Σ) of g for a fixed covariance function, Σ = (K⁻¹ + W)⁻¹ with W = diag(precision) and m = Σ linear; Σ
// and its Cholesky factor in panels, 3/2 n x n matrices; making them takes three.
class DensePosterior {
  public:
    DensePosterior(std::size_t n, const Blas& blas) : n_(n), blas_(&blas), mean_(n) {}

    Status assign(CovarianceFunction& function, const PseudoData& rows);

    std::size_t size() const { return n_; }
    const Vector& mean() const { return mean_; }
    const Panels& covariance() const { return covariance_; }
    const TriangularPanels& factor() const { return factor_; }
    // -½ gᵀK⁻¹g is -½ (g - m)ᵀΣ⁻¹(g - m) less the surrogate's log-likelihood of g, plus this.
    double constant() const { return constant_; }

  private:
    Status condition(Vector& k, const PseudoData& rows) const;

    std::size_t n_;
    const Blas* blas_;
    Vector mean_;
    double constant_ = 0.0;
    Panels covariance_;
    TriangularPanels factor_;
};

}  // namespace polyagamma
