#pragma once

#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/factorizer.hpp"
#include "linalg/status.hpp"
#include "terms/buffers.hpp"
#include "terms/low_rank_process.hpp"
#include "terms/shared_shift.hpp"

namespace polyagamma {

// The shift that processes of low rank have in common. With Λ_k = diag(d / (1 + s d)), the precision of z_k
// less the shift given v_k, and Λ = ΣΛ_k, the coefficients of all functions have, shift integrated out, the
// precision P = I + [k = l] Φ_kᵀΛ_kΦ_k - Φ_kᵀΛ_kΛ⁻¹Λ_lΦ_l; by Woodbury's identity M⁻¹ = Λ⁻¹ + Λ⁻¹ [Λ_kΦ_k]
// P⁻¹ [Φ_kᵀΛ_k] Λ⁻¹. Memory: two matrices of the size of P.
class SparseShift final : public SharedShift {
  public:
    explicit SparseShift(const std::vector<LowRankProcess*>& blocks);

    void update(std::size_t, Side, const PseudoData&) override {}
    Status factor(Side side, const std::vector<Side>& sides, const double* d, double& log_det) override;
    void swap_sides() override;
    void solve(Side side, double* x) override;
    std::size_t noise_size() const override { return n_ + size_; }
    void draw(Side side, const double* noise, double* shift) override;
    void invert_draw(Side side, const double* shift, double* noise) override;

  private:
    struct Matrices {
        std::vector<Side> blocks;  // sides that they are on
        Vector weights, total;     // Λ_k (functions, padded rows); Λ
        Vector factor;             // G, P = G Gᵀ
    };
    const Features& features(const Matrices& at, std::size_t k) { return blocks_[k]->features(at.blocks[k]); }
    void weigh(Matrices& at, const double* d);
    void subtract_gram(Matrices& at);
    void add_own_precision(Matrices& at, double& log_det);
    void transposed(const Matrices& at, const double* x, double* v);
    void add_product(const Matrices& at, const double* v, double* x);

    std::vector<LowRankProcess*> blocks_;
    std::size_t n_, padded_, m_, size_;  // size_: of all coefficients
    const Blas* blas_;
    Factorizer factorizer_;
    Buffers<Matrices> sides_;
    std::size_t block_panels_;
    Vector scaled_, rows_, lanes_, coefficients_;
};

}  // namespace polyagamma
