// Cholesky factors and inverses, a group of kFactorColumns columns at a time. A group is packed, so that all
// that a loop reads with full width is in the first-level cache and in order. Every element is its start less
// a sum over rows in their order, times a reciprocal, however columns and rows are cut into tiles.
#include "simd/levels/factor.hpp"

#include <cmath>

#include "simd/levels/packed_sums.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

std::size_t smaller(std::size_t a, std::size_t b) {
    return a < b ? a : b;
}

// Rows j to j + Rows of a packed group, in which those before are solved, of L W = given; those of L are the
// multipliers, from its first column that counts.
template <std::size_t Rows, std::size_t Tiles>
void solve_tile(double* packed, std::size_t j, const Multipliers& l, const double* inverse_diagonal) {
    Sums<Rows, Tiles> sums;
    sums.add(packed, j, l);
    for (std::size_t a = 0; a < Rows; ++a) {
        double* row = packed + (j + a) * kFactorColumns;
        for (std::size_t t = 0; t < Tiles; ++t) {
            for (std::size_t b = 0; b < a; ++b)
                add_product(sums.tile[a][t], sums.tile[b][t], *l.at(a, j + b));
            Lanes given;
            load(given, row + t * kPanelRows);
            subtract_and_scale(given, sums.tile[a][t], inverse_diagonal[a]);
            store(given, row + t * kPanelRows);
            sums.tile[a][t] = given;
        }
    }
}

// The same for any number of tiles, by as many at a time as there are registers for.
template <std::size_t Rows>
void solve_rows(double* packed, std::size_t tiles, std::size_t j, const Multipliers& l,
                const double* inverse_diagonal) {
    for (; tiles >= kTilePanels && tiles > 0; tiles -= kTilePanels, packed += kTilePanels * kPanelRows)
        solve_tile<Rows, kTilePanels>(packed, j, l, inverse_diagonal);
    if constexpr (kTilePanels > 1) {
        if (tiles == 3) solve_tile<Rows, 3>(packed, j, l, inverse_diagonal);
        if (tiles == 2) solve_tile<Rows, 2>(packed, j, l, inverse_diagonal);
        if (tiles == 1) solve_tile<Rows, 1>(packed, j, l, inverse_diagonal);
    }
}

// The pivots of rows j to j + Rows, whose columns begin at `column` of the group, and the tile that these are
// in. Returns how many are positive.
template <std::size_t Rows>
std::size_t find_pivots(double* packed, std::size_t j, std::size_t column, double* inverse_diagonal) {
    double* tile = packed + column / kPanelRows * kPanelRows;
    Sums<Rows, 1> sums;
    sums.add(tile, j, {packed + column, {1, kFactorColumns}});
    for (std::size_t a = 0; a < Rows; ++a) {
        double* row = packed + (j + a) * kFactorColumns;
        double* const pivot = row + column + a;
        for (std::size_t b = 0; b < a; ++b)
            add_product(sums.tile[a][0], sums.tile[b][0], packed[(j + b) * kFactorColumns + column + a]);
        double* const own = tile + (j + a) * kFactorColumns;
        Lanes given;
        load(given, own);
        subtract_and_scale(given, sums.tile[a][0], 1.0);
        store(given, own);
        const double square = *pivot;
        if (!(square > 0.0)) return a;
        const double root = std::sqrt(square);
        inverse_diagonal[a] = 1.0 / root;
        scale(given, inverse_diagonal[a]);
        store(given, own);
        *pivot = root;
        sums.tile[a][0] = given;
    }
    return Rows;
}

// A group of columns of a triangle, those from `first` to `end`.
struct Group {
    std::size_t first, end;
    std::size_t width() const { return end - first; }
    std::size_t tiles() const { return (width() + kPanelRows - 1) / kPanelRows; }
};

// Columns of the group, that is rows of a, with zeros beyond its last and below the diagonal.
void pack_rows(const double* a, std::size_t n, Group group, double* packed) {
    for (std::size_t c = 0; c < kFactorColumns; ++c) {
        const std::size_t i = group.first + c;
        const std::size_t known = i < group.end ? i + 1 : 0;
        for (std::size_t l = 0; l < known; ++l) packed[l * kFactorColumns + c] = a[i * n + l];
        for (std::size_t l = known; l < group.end; ++l) packed[l * kFactorColumns + c] = 0.0;
    }
}

void unpack_rows(const double* packed, Group group, double* factor, Strides strides) {
    for (std::size_t i = group.first; i < group.end; ++i) {
        const double* column = packed + (i - group.first);
        double* to = factor + i * strides.row;
        for (std::size_t l = 0; l <= i; ++l) to[l * strides.column] = column[l * kFactorColumns];
    }
}

// Rows of the group itself: pivots, then what is right of their tile.
template <std::size_t Rows>
std::size_t factor_rows(double* packed, std::size_t j, Group group, double* inverse_diagonal) {
    const std::size_t column = j - group.first;
    const std::size_t good = find_pivots<Rows>(packed, j, column, inverse_diagonal + j);
    const std::size_t next = column / kPanelRows + 1;
    if (good == Rows)
        solve_rows<Rows>(packed + next * kPanelRows, group.tiles() - next, j,
                         {packed + column, {1, kFactorColumns}}, inverse_diagonal + j);
    return j + good;
}

// Returns the first pivot that is not positive; the group's end if all are.
std::size_t factor_group(double* packed, Group group, const double* factor, Strides strides,
                         double* inverse_diagonal) {
    for (std::size_t j = 0; j < group.first; j += kRows)
        solve_rows<kRows>(packed, group.tiles(), j, {factor + j * strides.row, strides},
                          inverse_diagonal + j);
    std::size_t j = group.first;
    for (; j + kRows <= group.end; j += kRows) {
        const std::size_t reached = factor_rows<kRows>(packed, j, group, inverse_diagonal);
        if (reached < j + kRows) return reached;
    }
    for (; j < group.end; ++j)
        if (factor_rows<1>(packed, j, group, inverse_diagonal) == j) return j;
    return group.end;
}

// Rows of L⁻¹ from the first of the group on, in whose columns it begins as the identity matrix.
void invert_group(const double* l, std::size_t n, Group group, const double* inverse_diagonal,
                  double* packed) {
    const std::size_t count = n - group.first;
    const double* corner = l + group.first * n + group.first;
    for (std::size_t at = 0; at < count * kFactorColumns; ++at) packed[at] = 0.0;
    for (std::size_t c = 0; c < group.width(); ++c) packed[c * kFactorColumns + c] = 1.0;
    std::size_t j = 0;
    for (; j + kRows <= count; j += kRows) {
        const std::size_t tiles = smaller(group.tiles(), (j + kRows + kPanelRows - 1) / kPanelRows);
        solve_rows<kRows>(packed, tiles, j, {corner + j * n, {n, 1}}, inverse_diagonal + group.first + j);
    }
    for (; j < count; ++j)
        solve_rows<1>(packed, group.tiles(), j, {corner + j * n, {n, 1}}, inverse_diagonal + group.first + j);
}

// Rows i to i + Rows of Σ_l m(l, i) packed(l, ...), l >= i, with m(l, i) at m[l * row + i], all counted from
// the group's first. What m has above its diagonal is not read.
template <std::size_t Rows, std::size_t Tiles>
void gram_tile(const double* packed, std::size_t count, const double* m, std::size_t row, std::size_t i,
               double* out) {
    Sums<Rows, Tiles> sums;
    const std::size_t below = i + Rows;
    for (std::size_t l = i; l < below; ++l) {
        for (std::size_t t = 0; t < Tiles; ++t) {
            Lanes columns;
            load(columns, packed + l * kFactorColumns + t * kPanelRows);
            for (std::size_t a = 0; a <= l - i; ++a)
                add_product(sums.tile[a][t], columns, m[l * row + i + a]);
        }
    }
    sums.add(packed + below * kFactorColumns, count - below, {m + below * row + i, {1, row}});
    for (std::size_t a = 0; a < Rows; ++a)
        for (std::size_t t = 0; t < Tiles; ++t)
            store(sums.tile[a][t], out + a * kFactorColumns + t * kPanelRows);
}

template <std::size_t Rows>
void gram_rows(const double* packed, std::size_t count, const double* m, std::size_t row, std::size_t i,
               double* out) {
    for (std::size_t t = 0; t < kTiles; t += kTilePanels)
        gram_tile<Rows, kTilePanels>(packed + t * kPanelRows, count, m, row, i, out + t * kPanelRows);
}

// The columns of the group of L⁻ᵀL⁻¹ in place of those of L⁻¹, of which they need no columns before. In the
// group itself they are read where they are packed: rows above have been replaced.
template <std::size_t Rows>
void replace_rows(const double* packed, double* corner, std::size_t n, std::size_t count, std::size_t width,
                  std::size_t i) {
    double out[Rows * kFactorColumns];
    if (i < width)
        gram_rows<Rows>(packed, count, packed, kFactorColumns, i, out);
    else
        gram_rows<Rows>(packed, count, corner, n, i, out);
    for (std::size_t a = 0; a < Rows; ++a)
        for (std::size_t c = 0; c < smaller(width, i + a + 1); ++c)
            corner[(i + a) * n + c] = out[a * kFactorColumns + c];
}

void gram_group(const double* packed, double* inverse, std::size_t n, Group group) {
    const std::size_t count = n - group.first;
    double* corner = inverse + group.first * n + group.first;
    std::size_t i = 0;
    for (; i + kRows <= count; i += kRows) replace_rows<kRows>(packed, corner, n, count, group.width(), i);
    for (; i < count; ++i) replace_rows<1>(packed, corner, n, count, group.width(), i);
}

void pack_columns(const double* m, std::size_t n, Group group, double* packed) {
    for (std::size_t l = group.first; l < n; ++l, packed += kFactorColumns) {
        const std::size_t known = smaller(group.width(), l - group.first + 1);
        for (std::size_t c = 0; c < known; ++c) packed[c] = m[l * n + group.first + c];
        for (std::size_t c = known; c < kFactorColumns; ++c) packed[c] = 0.0;
    }
}

void unpack_columns(const double* packed, std::size_t n, Group group, double* m) {
    for (std::size_t l = group.first; l < n; ++l, packed += kFactorColumns)
        for (std::size_t c = 0; c < smaller(group.width(), l - group.first + 1); ++c)
            m[l * n + group.first + c] = packed[c];
}

}  // namespace

std::size_t cholesky(const double* a, std::size_t n, double* factor, Strides strides, double* work) {
    double* const inverse_diagonal = work + n * kFactorColumns;
    for (std::size_t first = 0; first < n; first += kFactorColumns) {
        const Group group{first, smaller(n, first + kFactorColumns)};
        pack_rows(a, n, group, work);
        const std::size_t reached = factor_group(work, group, factor, strides, inverse_diagonal);
        if (reached < group.end) return reached;
        unpack_rows(work, group, factor, strides);
    }
    return n;
}

void invert(double* l, std::size_t n, double* work) {
    double* const inverse_diagonal = work + n * kFactorColumns;
    for (std::size_t i = 0; i < n; ++i) inverse_diagonal[i] = 1.0 / l[i * n + i];
    for (std::size_t first = 0; first < n; first += kFactorColumns) {
        const Group group{first, smaller(n, first + kFactorColumns)};
        invert_group(l, n, group, inverse_diagonal, work);
        unpack_columns(work, n, group, l);
    }
    for (std::size_t first = 0; first < n; first += kFactorColumns) {
        const Group group{first, smaller(n, first + kFactorColumns)};
        pack_columns(l, n, group, work);
        gram_group(work, l, n, group);
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
