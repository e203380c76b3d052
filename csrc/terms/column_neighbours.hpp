#pragma once

#include <cstddef>
#include <vector>

#include "terms/design_columns.hpp"

namespace polyagamma {

// For each of some columns those that are among the `nearest` ones to it, or to which it is among the nearest
// ones, by the size of their correlations: a relation that goes both ways. Positions in `columns`.
std::vector<std::vector<std::size_t>> column_neighbours(const DesignColumns& design,
                                                        const std::vector<std::size_t>& columns,
                                                        std::size_t nearest);

}  // namespace polyagamma
