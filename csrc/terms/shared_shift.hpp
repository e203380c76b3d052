#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "linalg/status.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// A shift of each row, unknown and with a flat prior, that the pseudo-data of several functions have in
// common: z_k ~ N(g_k + shift, D_k⁻¹). The functions, g_k ~ N(0, K_k), integrated out, its precision is M =
// Σ_k (K_k + D_k⁻¹)⁻¹.
class SharedShift {
  public:
    virtual ~SharedShift() = default;

    // Takes note that function k's block has been conditioned on these rows, on that side of it.
    virtual void update(std::size_t k, Side side, const PseudoData& rows) = 0;
    // M = C Cᵀ for blocks on `sides`, conditioned on precisions d (functions, n); log |M|, but for what
    // kernel parameters do not change.
    virtual Status factor(Side side, const std::vector<Side>& sides, const double* d, double& log_det) = 0;
    virtual void swap_sides() = 0;

    // x = M⁻¹ x, on a side last factored; the blocks are where they were then.
    virtual void solve(Side side, double* x) = 0;
    // Turns standard normals into a draw from N(0, M⁻¹).
    virtual std::size_t noise_size() const = 0;
    virtual void draw(Side side, const double* noise, double* shift) = 0;
    // Turns standard normals, but the first n, into a draw of those that `draw` makes this shift from.
    virtual void invert_draw(Side side, const double* shift, double* noise) = 0;
};

// That of blocks, which must be of one kind.
std::unique_ptr<SharedShift> make_shared_shift(const std::vector<std::unique_ptr<FunctionTerm>>& functions);

}  // namespace polyagamma
