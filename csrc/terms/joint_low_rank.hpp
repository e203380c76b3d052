#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/factorizer.hpp"
#include "linalg/status.hpp"
#include "simd/product_loops.hpp"
#include "terms/buffers.hpp"
#include "terms/joint_term.hpp"
#include "terms/low_rank_process.hpp"

namespace polyagamma {

// Functions g_k = Φ_k v_k + √s_k e_k of fewer features together than there are rows. Given the v and the
// shift, pseudo-data have the precisions Λ_k = c_k d_k, c_k = 1 / (1 + s_k d_k), and with Λ = ΣΛ_k, e and
// shift integrated out, the v of all functions have the precision P = I + [k = l] Φ_kᵀΛ_kΦ_k -
// Φ_kᵀΛ_kΛ⁻¹Λ_lΦ_l. A draw is one of v, of the shift given v, and of g given both. O(n m² K² + m³K³) for
// parameters, O(n m K + m²K²) for a draw. Memory: two matrices of the size of P.
class JointLowRank final : public JointTerm {
  public:
    JointLowRank(std::vector<std::unique_ptr<FunctionTerm>> functions, std::size_t n_theta, const Blas& blas);

    Status condition(Side side, const PseudoData& rows, double& log_evidence) override;
    std::size_t noise_size() const override { return own_rows() + size_ + n_rows(); }  // shift, v, g
    Status draw(Side side, const PseudoData& rows, const double* noise, double* whitened, double* g) override;
    Status draw_each(Side side, const PseudoData& rows, const Draw* draws, std::size_t count) override;
    Status invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                       double* noise) override;
    Status covariance_product(Side side, const PseudoData& rows, const double* h, double* whitened,
                              double* g) override;

  protected:
    void swap_function(std::size_t k) override { own_[k].swap(); }
    void swap_joint() override { joint_.swap(); }

  private:
    // A function on one of its sides.
    struct Own {
        Vector shrink;                        // c_k
        Vector precision, inverse_precision;  // Λ_k and 1 / Λ_k, zero where they only fill up a panel
        Vector variance, root_variance;       // of g given v and shift: s c, and its root
        Vector inverse_root;                  // 1 / √s, 0 where s is
        double log_shrink;                    // Σ log c
    };
    struct Joint {
        Vector total, inverse_root;  // Λ, 1 where it only fills up a panel; 1 / √Λ
        Vector centre;               // mean of the shift where all v are 0
        Vector factor, mean;         // G, P = G Gᵀ; G times the mean of v
    };
    // Rows of whole panels.
    struct Block {
        std::size_t panel, panels;
        std::size_t rows() const { return panels * kPanelRows; }
    };
    // Up to kFactorColumns features of a function.
    struct Columns {
        std::size_t function, group;
    };
    LowRankProcess& process(std::size_t k) { return static_cast<LowRankProcess&>(function(k)); }
    const Features& features(std::size_t k, Side side) { return process(k).features(side_of(side, k)); }
    const Own& own(std::size_t k, Side side) { return own_[k][side_of(side, k)]; }
    std::size_t width(std::size_t group) const {
        return std::min(kFactorColumns, m_ - group * kFactorColumns);
    }
    double* packed(std::size_t k, std::size_t group) {
        return &packed_[(k * groups_ + group) * block_rows_ * kFactorColumns];
    }
    void weigh(std::size_t k, Side side, const double* d);
    void find_total(Side side);
    void pack(Side side, const Block& block);
    void add_own_products(std::size_t k, Side side, const Block& block, Vector& precision);
    void subtract_shared_products(std::size_t k, std::size_t l, const Block& block, Vector& precision);
    ProductBlock product_block(Vector& precision, Columns rows, Columns columns) const;
    Status factor(Side side);
    double project(Side side, const double* linear, double* centre, double* v);
    void put_coefficients(double* whitened, std::size_t c, std::size_t count);
    void find_low_rank(Side side, std::size_t count);
    // Φ_kv_k of draw c of `count`.
    const double* low_rank(std::size_t k, std::size_t c, std::size_t count) const {
        return &low_rank_[(k * count + c) * padded_];
    }
    void spread(Side side, const PseudoData& rows, const double* linear, const double* centre, const Draw& to,
                std::size_t c, std::size_t count);

    std::size_t padded_, m_, size_, groups_;  // size_: of all v; groups_: of columns of a function
    const Blas* blas_;
    Factorizer factorizer_;
    std::vector<Buffers<Own>> own_;
    Buffers<Joint> joint_;
    std::size_t block_rows_;
    Vector packed_, rest_, scales_;  // of a block of rows
    Vector rows_, lanes_, v_, centre_, shift_, none_;
    Vector coefficients_, low_rank_;  // of up to kBatchChains draws: v, interleaved, and Φ_kv_k
};

}  // namespace polyagamma
