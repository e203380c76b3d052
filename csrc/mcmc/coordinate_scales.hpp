#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "mcmc/coordinate_move.hpp"
#include "mcmc/one_coefficient.hpp"
#include "random/bitgen.hpp"
#include "terms/noncentered_shrinkage.hpp"
#include "terms/sparse_design.hpp"

namespace polyagamma {

// Local scales of sparse predictors, one after the other, each with its own coefficient integrated out given
// Pólya-gamma variables of the rows and all other coefficients; then the coefficient. With precision a and
// linear term h of what the rows say of it, the density of log λ is that of its prior times
//     (1 + va)^{−½} e^{½ v h²/(1 + va)}.
// Where an effect is called for and the coefficient is near 0 this has a second mode far off with next to
// nothing between, which trajectories do not get over. So a scale is proposed from a table of the whole line.
class CoordinateScales final : public CoordinateMove {
  public:
    // Of `cells` cells of this width in log λ, from a least value on.
    struct Table {
        std::size_t cells;
        double least, width;
    };
    // It reaches from λ = 0.002 to 7e7: with half-Cauchy λ all but 0.2 % of the prior is there, and while τ
    // is above 1e-7 so is what any coefficient that is not 0 needs.
    static constexpr Table kTable{48, -6.0, 0.5};

    // Null where scales are not sampled, or rows have no Pólya-gamma form.
    static std::unique_ptr<const CoordinateScales> make(const SparseDesign& design,
                                                        const NoncenteredShrinkage* prior);
    CoordinateScales(const SparseDesign& design, const NoncenteredShrinkage& prior, const Table& table);

    // Every scale once, those of one linear predictor after the other, in a random order.
    void move(double* q, BitGen& bitgen) const override;
    std::size_t trajectories() const override { return 1; }

  private:
    struct State;
    void load(State& at, std::size_t predictor) const;
    void tabulate_variances(State& at) const;
    void update(State& at, std::size_t position) const;
    void move_scale(State& at, const OneCoefficient& rows, std::size_t position) const;
    // A cell of the table, in proportion to the density at its middle.
    std::size_t choose_cell(State& at, const OneCoefficient& rows, std::size_t group) const;

    const SparseDesign& design_;
    const NoncenteredShrinkage& prior_;
    const Table table_;
    std::vector<std::vector<std::size_t>> positions_;  // among those that are shrunk, by linear predictor
    Vector middle_, log_prior_;                        // log λ in the middles of cells, and its log density
};

}  // namespace polyagamma
