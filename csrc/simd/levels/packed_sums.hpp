#pragma once

#include <cstddef>

#include "simd/factor_loops.hpp"
#include "simd/levels/lanes.hpp"

// Sums of products with packed groups of kFactorColumns columns: rows of a group follow each other in memory.
namespace polyagamma {
namespace {

constexpr std::size_t kRows = 4;  // with kTilePanels, as many sums as there are registers
constexpr std::size_t kTiles = kFactorColumns / kPanelRows;

// Multipliers of the sums of some rows: that of row a and the l-th summand at data[a * row + l * column].
struct Multipliers {
    const double* data;
    Strides strides;
    const double* at(std::size_t a, std::size_t l) const {
        return data + a * strides.row + l * strides.column;
    }
};

template <std::size_t Rows, std::size_t Tiles>
struct Sums {
    Lanes tile[Rows][Tiles];

    Sums() {
        for (auto& row : tile)
            for (Lanes& one : row) clear(one);
    }
    // += Σ_l multiplier(a, l) packed(l, ...), l < count.
    void add(const double* packed, std::size_t count, const Multipliers& multipliers) {
        const double* own[Rows];
        for (std::size_t a = 0; a < Rows; ++a) own[a] = multipliers.at(a, 0);
        const std::size_t step = multipliers.strides.column;
        for (std::size_t l = 0; l < count; ++l, packed += kFactorColumns) {
            Lanes columns[Tiles];
            for (std::size_t t = 0; t < Tiles; ++t) load(columns[t], packed + t * kPanelRows);
            for (std::size_t a = 0; a < Rows; ++a) {
                const double multiplier = own[a][l * step];
                for (std::size_t t = 0; t < Tiles; ++t) add_product(tile[a][t], columns[t], multiplier);
            }
        }
    }
};

}  // namespace
}  // namespace polyagamma
