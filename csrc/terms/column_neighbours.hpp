#pragma once

#include <cstddef>
#include <vector>

#include "linalg/blas.hpp"
#include "terms/design_columns.hpp"

namespace polyagamma {

// Multiplications for all correlations: some seconds, and far fewer than chains need.
inline constexpr double kMostForNeighbours = 2e11;

// For each of some columns those that are among the `nearest` ones to it, or to which it is among the nearest
// ones, by the size of their correlations: a relation that goes both ways. Positions in `columns`. Where all
// rows would take more than `most` multiplications, some of them tell.
std::vector<std::vector<std::size_t>> column_neighbours(const Blas& blas, const DesignColumns& design,
                                                        const std::vector<std::size_t>& columns,
                                                        std::size_t nearest,
                                                        double most = kMostForNeighbours);

}  // namespace polyagamma
