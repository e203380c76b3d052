#pragma once

#include <cstddef>

namespace polyagamma {

// The rows of a matrix cut into strips, by its size alone: sums over rows are made strip by strip and then
// added in order, so that they are the same for any number of threads.
class RowPartition {
  public:
    // For sums of a few vectors.
    static RowPartition for_vectors(std::size_t rows);
    // For sums of k×k matrices, which are kept small beside the data, and Pólya-gamma variates: strips begin
    // at multiples of kBlock rows.
    static RowPartition for_matrices(std::size_t rows, std::size_t k);
    // For the one matrix of curvatures, which is added up in one strip unless the rows are very many.
    static RowPartition for_curvature(std::size_t rows, std::size_t k);
    // For sums of such matrices over few rows, each of which takes as long as a whole matrix row.
    static RowPartition for_batches(std::size_t rows);

    // Strips [begin, end) alone, whose panels count from panel `origin` on.
    RowPartition part(std::size_t begin, std::size_t end, std::size_t origin) const;
    // The same as one strip.
    RowPartition joined(std::size_t begin, std::size_t end, std::size_t origin) const;

    std::size_t count() const { return own_; }
    // Strip s has the panels from first_panel(s) to first_panel(s + 1).
    std::size_t first_panel(std::size_t strip) const;

  private:
    // At most `most` strips of multiples of `unit` panels: a power of two, for that is what two, four or
    // eight threads share evenly.
    RowPartition(std::size_t rows, std::size_t most, std::size_t unit);

    std::size_t panels_, unit_, units_, count_ = 1;  // of all rows
    std::size_t first_ = 0, own_ = 1, origin_ = 0;   // the part
    std::size_t joined_ = 1;                         // strips in one of it
};

}  // namespace polyagamma
