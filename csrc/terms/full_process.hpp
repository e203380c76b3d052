#pragma once

#include <memory>

#include "linalg/aligned.hpp"
#include "linalg/factorizer.hpp"
#include "linalg/status.hpp"
#include "terms/buffers.hpp"
#include "terms/covariance.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// The full Gaussian process, g = L ν with K = L Lᵀ. Everything goes through B = I + Ω^½ K Ω^½, whose
// eigenvalues are at least 1 (Rasmussen and Williams 2006, equation 3.26), never through the inverse of K.
// Memory: four n x n matrices; with a fixed covariance function, whose K and L all terms share, one, and the
// shared one.
class FullProcess final : public FunctionTerm {
  public:
    FullProcess(std::size_t n, CovarianceFunction& function, const Blas& blas);
    // That of a fixed covariance function, evaluated and factored.
    FullProcess(std::size_t n, std::shared_ptr<Covariance> fixed, const Blas& blas);

    std::size_t n_rows() const override { return n_; }
    std::size_t whitened_size() const override { return n_; }
    std::size_t noise_size() const override { return 2 * n_; }
    Status load(Side side, const double* theta) override;
    void copy_parameters(Side side, FunctionTerm& other) override;
    void swap_sides() override { sides_.swap(); }
    Status condition(Side side, const PseudoData& rows, double& log_evidence) override;
    Status draw(Side side, const PseudoData& rows, const double* noise, double* whitened, double* g) override;
    Status invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                       double* noise) override;
    Status covariance_product(Side side, const PseudoData& rows, const double* h, double* whitened,
                              double* g) override;
    void use_own_loops() override { factorizer_.use_own_loops(); }
    Status set_linear(Side, const PseudoData&) override { return {}; }
    Status data_product(Side side, const PseudoData& rows, const double* h, double* out) override;
    Status transform(Side side, const double* whitened, double* g) override;

    void find_data_precision(Side side, const PseudoData& rows) override;
    const Vector& data_precision(Side side) override { return sides_[side].data_precision; }
    const Blas& blas() const { return *blas_; }

  private:
    struct Matrices {
        std::shared_ptr<Covariance> prior;
        Vector b;  // Cholesky factor of B
        Vector data_precision{};
        bool inverted = false;  // whether data_precision is that of the rows last conditioned on
    };
    void data_product(const Matrices& m, const double* h, double* out);
    void precision_product(const Matrices& m, double* x, double* out) const;

    std::size_t n_;
    CovarianceFunction* function_;
    const Blas* blas_;
    Factorizer factorizer_;
    Buffers<Matrices> sides_;
    Vector scale_;         // √ω of the rows last conditioned on
    Vector work_;          // (n,)
    Vector whitened_, g_;  // (n,): of another draw
};

}  // namespace polyagamma
