#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "likelihood/likelihood.hpp"
#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "mcmc/coordinate_move.hpp"
#include "random/bitgen.hpp"
#include "terms/design_columns.hpp"
#include "terms/noncentered_shrinkage.hpp"

namespace polyagamma {

// Exchanges of the local scales of two columns that tell about the same, with both coefficients integrated
// out given Pólya-gamma variables of the rows, which then are drawn anew. So an effect jumps from one column
// to another, between modes that trajectories do not connect.
//
// The first column is chosen with a probability in proportion to its √v, and the second among those near to
// it: what is exchanged takes its probability along, so that the way back differs by the numbers of
// neighbours only.
class ColumnExchange final : public CoordinateMove {
  public:
    static constexpr std::size_t kNearest = 16;

    // Null where scales cannot be exchanged, or rows have no Pólya-gamma form of one linear predictor.
    static std::unique_ptr<const ColumnExchange> make(const Blas& blas, const DesignColumns* design,
                                                      const Likelihood& rows,
                                                      const NoncenteredShrinkage* prior);
    ColumnExchange(const Blas& blas, const DesignColumns& design, const Likelihood& rows,
                   const NoncenteredShrinkage& prior, std::size_t nearest);

    // As many exchanges as there are columns.
    void move(double* q, BitGen& bitgen) const override;
    // With few rows draws are worth more than a summary of them costs.
    std::size_t trajectories() const override { return 4; }

  private:
    struct State;
    void load(State& at) const;
    void exchange(State& at) const;
    // v in the units of the prior.
    double variance(const State& at, std::size_t position) const;

    const DesignColumns& design_;
    const Likelihood& rows_;
    const NoncenteredShrinkage& prior_;
    const std::vector<std::size_t>& shrunk_;
    std::vector<std::vector<std::size_t>> neighbours_;  // of positions in `shrunk_`, in the same group
};

}  // namespace polyagamma
