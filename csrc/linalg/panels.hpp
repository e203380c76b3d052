#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/design.hpp"
#include "simd/model_loops.hpp"

namespace polyagamma {

inline std::size_t panels_for(std::size_t rows) {
    return (rows + kPanelRows - 1) / kPanelRows;
}
inline std::size_t padded_rows(std::size_t rows) {
    return panels_for(rows) * kPanelRows;
}

// A matrix in panels (see simd/model_loops.hpp); the last panel is filled up with rows of zeros.
class Panels {
  public:
    Panels() = default;
    // Zeros.
    Panels(std::size_t rows, std::size_t columns)
        : rows_(rows), columns_(columns), data_(padded_rows(rows) * columns) {}
    // Panels that are elsewhere in memory, and must stay: to be read only.
    Panels(std::size_t rows, std::size_t columns, const double* kept)
        : rows_(rows), columns_(columns), kept_(kept) {}

    // The design itself, or its product with `basis` (columns, columns), row-major.
    void assign(const Design& design, const double* basis, const Blas& blas);

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t count() const { return panels_for(rows_); }
    // Puts row-major `rows` (count, columns) from row `first` on.
    void pack(std::size_t first, std::size_t count, const double* rows);
    // Makes panels of what is stored as a row-major matrix (rows, columns) from the first panel on.
    void pack_in_place();

    double* panel(std::size_t t) { return data_.data() + t * columns_ * kPanelRows; }
    const double* panel(std::size_t t) const {
        return (kept_ == nullptr ? data_.data() : kept_) + t * columns_ * kPanelRows;
    }

  private:
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    const double* kept_ = nullptr;
    Vector data_;
};

}  // namespace polyagamma
