#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/growing_cholesky.hpp"
#include "linalg/status.hpp"
#include "random/bitgen.hpp"
#include "terms/additive_rows.hpp"
#include "terms/centred_rows.hpp"

namespace polyagamma {

// What pseudo-data of rows say of deviations γ ~ N(0, S²) of which some are in the model, the set A, and the
// others 0: the Cholesky factor L of I + S G S over A, with G = XᵀΩX, and w = L⁻¹S r, r = Xᵀc. Of G it has
// the rows of A and the diagonal alone: as many products with X as columns are in, whether X is tall or wide.
class IncludedColumns {
  public:
    explicit IncludedColumns(const CentredRows& model) : model_(&model), lower_(model.blas, nullptr, 0) {}

    // What the rows say of a coefficient, all others of A integrated out: it multiplies the odds of its being
    // in by ∫N(z; 0, 1) e^{tz − ½(d − 1)z²} dz = d^{−½} e^{½t²/d}, z = γ_j/s_j. In the terms of the rows
    // d = 1 + va and t = √v h.
    struct Evidence {
        double d, t;
        double log_factor() const;
    };

    // With these columns in. `deviation`: S of all columns, until the next call.
    Status assign(const GaussianRows& rows, const std::vector<std::size_t>& columns, Vector deviation);

    // A, in the order of its coming in.
    const std::vector<std::size_t>& columns() const { return columns_; }
    std::size_t position(std::size_t column) const;
    // Of a column that is out; of one that is in; of one that is out, if that at `position` were out.
    Evidence of(std::size_t column) const;
    Evidence of_included(std::size_t position) const;
    Evidence in_place_of(std::size_t position, std::size_t column) const;

    Status add(std::size_t column);
    void remove(std::size_t position);

    // γ given A: a draw.
    void draw(BitGen& bitgen, double* gamma) const;

  private:
    // S G S of A and a column, L⁻¹ of it.
    Vector crossing(std::size_t column) const;
    Evidence given(const Vector& crossing, std::size_t column) const;
    // L⁻¹e of a unit vector.
    Vector unit(std::size_t position) const;
    void add_rows_of_gram(const std::vector<std::size_t>& columns);
    void find_shift();

    const CentredRows* model_;
    Vector weight_, linear_, diagonal_, deviation_;  // Ω of the rows; r, diagonal of G and S of all columns
    std::vector<std::size_t> columns_;
    std::vector<Vector> gram_;  // rows of G of A
    GrowingCholesky lower_;
    Vector shift_;  // w
};

}  // namespace polyagamma
