// Products of packed columns.
#include "simd/levels/packed_products.hpp"

#include "simd/levels/packed_sums.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

// The sums of kRows columns of the left with tiles of the right.
template <std::size_t Tiles>
void sum_tiles(const double* left, const double* right, std::size_t rows, double* out) {
    Sums<kRows, Tiles> sums;
    sums.add(right, rows, {left, {1, kFactorColumns}});
    for (std::size_t a = 0; a < kRows; ++a)
        for (std::size_t t = 0; t < Tiles; ++t)
            store(sums.tile[a][t], out + a * kFactorColumns + t * kPanelRows);
}

// The same for any number of tiles, by as many at a time as there are registers for.
void sum_all_tiles(const double* left, const double* right, std::size_t rows, std::size_t tiles,
                   double* out) {
    for (; tiles >= kTilePanels && tiles > 0; tiles -= kTilePanels) {
        sum_tiles<kTilePanels>(left, right, rows, out);
        right += kTilePanels * kPanelRows;
        out += kTilePanels * kPanelRows;
    }
    if constexpr (kTilePanels > 1) {
        if (tiles == 3) sum_tiles<3>(left, right, rows, out);
        if (tiles == 2) sum_tiles<2>(left, right, rows, out);
        if (tiles == 1) sum_tiles<1>(left, right, rows, out);
    }
}

}  // namespace

void pack_scaled(const double* panels, std::size_t n_panels, std::size_t k, std::size_t columns,
                 const double* scales, double* packed) {
    for (std::size_t t = 0; t < n_panels; ++t, panels += k * kPanelRows) {
        const double* scale = scales + t * kPanelRows;
        double* out = packed + t * kPanelRows * kFactorColumns;
        for (std::size_t j = 0; j < columns; ++j)
            for (std::size_t lane = 0; lane < kPanelRows; ++lane)
                out[lane * kFactorColumns + j] = scale[lane] * panels[j * kPanelRows + lane];
        for (std::size_t lane = 0; lane < kPanelRows; ++lane)
            for (std::size_t j = columns; j < kFactorColumns; ++j) out[lane * kFactorColumns + j] = 0.0;
    }
}

void rescale(const double* packed, std::size_t rows, const double* scales, double* out) {
    for (std::size_t i = 0; i < rows; ++i, packed += kFactorColumns, out += kFactorColumns)
        for (std::size_t j = 0; j < kFactorColumns; ++j) out[j] = scales[i] * packed[j];
}

void add_products(const double* left, const double* right, std::size_t rows, double factor,
                  const ProductBlock& to) {
    double sums[kRows * kFactorColumns];
    for (std::size_t i = 0; i < to.rows; i += kRows) {
        const std::size_t end = i + kRows < to.rows ? i + kRows : to.rows;
        const std::size_t most = to.lower && end < to.columns ? end : to.columns;
        sum_all_tiles(left + i, right, rows, (most + kPanelRows - 1) / kPanelRows, sums);
        for (std::size_t a = 0; i + a < end; ++a) {
            double* row = to.out + (i + a) * to.stride;
            const std::size_t count = to.lower && i + a + 1 < to.columns ? i + a + 1 : to.columns;
            for (std::size_t j = 0; j < count; ++j) row[j] += factor * sums[a * kFactorColumns + j];
        }
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
