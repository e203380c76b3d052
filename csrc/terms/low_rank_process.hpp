#pragma once

#include <memory>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/factorizer.hpp"
#include "linalg/status.hpp"
#include "terms/buffers.hpp"
#include "terms/features.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// A process of low rank; its ν is (v, e). Given ω a row has precision ω / (1 + s ω) in Φv, so that v has the
// posterior of a linear model; then g is univariate given v. O(n m² + m³) a sweep, by blocks of rows that
// stay in cache. Memory: two n x m matrices; with a fixed covariance function, whose features all terms
// share, none.
class LowRankProcess final : public FunctionTerm {
  public:
    LowRankProcess(std::size_t n, std::size_t m, FeatureFunction& function, const Blas& blas);
    // That of a fixed covariance function, evaluated.
    LowRankProcess(std::size_t n, std::size_t m, std::shared_ptr<Features> fixed, const Blas& blas);

    std::size_t n_rows() const override { return n_; }
    std::size_t whitened_size() const override { return m_ + n_; }
    std::size_t components() const override { return m_; }
    std::size_t noise_size() const override { return m_ + n_; }
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
    Status set_linear(Side side, const PseudoData& rows) override;
    Status data_product(Side side, const PseudoData& rows, const double* h, double* out) override;
    Status transform(Side side, const double* whitened, double* g) override;

    void find_data_precision(Side side, const PseudoData& rows) override;
    const Vector& data_precision(Side side) override { return sides_[side].data_precision; }
    std::size_t n_features() const { return m_; }
    const Features& features(Side side) { return *sides_[side].features; }
    const Blas& blas() const { return *blas_; }

  private:
    struct Matrices {
        std::shared_ptr<Features> features;
        Vector b;     // (m, m): Cholesky factor C of I + Φᵀ diag(ω / (1 + s ω)) Φ
        Vector mean;  // (m,): C⁻¹ Φᵀ (linear / (1 + s ω))
        Vector data_precision{};
    };
    struct RowBlock;
    template <class Work>
    void for_blocks(Work work) const;
    double weigh(const Features& features, const PseudoData& rows, const RowBlock& block);
    void add_transposed(const Features& features, const RowBlock& block);
    void add_all_transposed(const Features& features, const PseudoData& rows, const double* h);
    void sum_transposed(double* out) const;
    const double* product(const Features& features, const RowBlock& block, const double* v);

    std::size_t n_, m_;
    FeatureFunction* function_;
    const Blas* blas_;
    Factorizer factorizer_;
    Buffers<Matrices> sides_;
    Vector weights_, linear_, product_;  // of a block of rows, zero beyond the last row
    Vector lanes_;                       // (m, kPanelRows): Φᵀ linear, lane by lane
};

}  // namespace polyagamma
