#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "simd/model_loops.hpp"
#include "terms/coefficient_pass.hpp"
#include "terms/row_partition.hpp"
#include "terms/sparse_design.hpp"

namespace polyagamma {

// Passes over sparse predictors for several chains in lockstep: vectors of the chains are interleaved, so
// that an entry of the matrix is read once for all of them and what it meets lies together. Rows are shared
// out for η = Xβ, columns for Xᵀg, and sums over either are made of parts that do not depend on the workers.
class SparsePass final : public CoefficientPass {
  public:
    SparsePass(const SparseDesign& design, std::size_t chains);

    void run(Worker& worker, const double* const* coefficients, bool wants_value,
             Density* const* densities) override;

  private:
    static constexpr std::size_t kLanes = kBatchChains;  // those beyond the chains are zeros
    struct Lanes {
        double of[kLanes] = {};
    };
    // The sums of a strip of rows.
    struct Part {
        Vector eta;                // (predictors, chains, rows of a block)
        Vector density, extras;    // lane by lane (chains, kPanelRows), (chains, extras, kPanelRows)
        std::vector<Lanes> slope;  // (predictors): Σ ∂ℓ/∂η
    };

    void read_coefficients(const Worker& worker, const double* const* coefficients);
    void find_shifts(const double* const* coefficients);
    void strip(std::size_t index, const double* const* coefficients, bool wants_value);
    void block(std::size_t first, std::size_t count, const double* const* coefficients, bool wants_value,
               Part& part);
    void transpose(const Worker& worker, Density* const* densities) const;
    void finish(const Worker& worker, const double* const* coefficients, bool wants_value,
                Density* const* densities) const;

    const SparseDesign& design_;
    std::size_t chains_, predictors_, columns_, extras_;
    RowPartition partition_;
    std::vector<std::size_t> column_ranges_;  // of about as many entries each
    std::vector<Lanes> beta_;                 // (predictors, columns of X)
    std::vector<std::vector<Lanes>> shifts_;  // (column ranges, predictors): Σ m_j β_j
    std::vector<Lanes> derivative_;           // (predictors, rows): ∂ℓ/∂η
    std::vector<Part> parts_;
};

}  // namespace polyagamma
