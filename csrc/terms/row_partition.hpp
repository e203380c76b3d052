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
    // For sums of such matrices over few rows, each of which takes as long as a whole matrix row.
    static RowPartition for_batches(std::size_t rows);

    std::size_t count() const { return count_; }
    // Strip s has the panels from first_panel(s) to first_panel(s + 1).
    std::size_t first_panel(std::size_t strip) const;

  private:
    // At most `most` strips of multiples of `unit` panels: a power of two, for that is what two, four or
    // eight threads share evenly.
    RowPartition(std::size_t rows, std::size_t most, std::size_t unit);

    std::size_t panels_, unit_, units_, count_ = 1;
};

}  // namespace polyagamma
