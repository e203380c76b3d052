// Triangular systems whose right-hand sides are the rows of a matrix of panels.
#include "simd/levels/lanes.hpp"
#include "simd/levels/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

constexpr std::size_t kSolveColumns = 4;  // with kTilePanels, as many sums as there are registers

// Columns j to j + Columns of the solution; those before them are solved. The sum of a column takes the
// others in their order, however columns are cut into tiles.
template <std::size_t Panels, std::size_t Columns>
void solve_columns(double* panels, std::size_t k, const double* lower, std::size_t j, Lanes* squares) {
    Lanes sums[Panels][Columns];
    for (auto& row : sums) {
        for (Lanes& one : row) clear(one);
    }
    const double* rows = lower + j * k;
    for (std::size_t l = 0; l < j; ++l) {
        for (std::size_t t = 0; t < Panels; ++t) {
            Lanes solved;
            load(solved, panels + (t * k + l) * kPanelRows);
            for (std::size_t a = 0; a < Columns; ++a) add_product(sums[t][a], solved, rows[a * k + l]);
        }
    }
    for (std::size_t a = 0; a < Columns; ++a) {
        const double* row = rows + a * k + j;
        const double inverse = 1.0 / row[a];
        for (std::size_t t = 0; t < Panels; ++t) {
            for (std::size_t b = 0; b < a; ++b) add_product(sums[t][a], sums[t][b], row[b]);
            double* at = panels + (t * k + j + a) * kPanelRows;
            Lanes column;
            load(column, at);
            subtract_and_scale(column, sums[t][a], inverse);
            store(column, at);
            add_product(squares[t], column, column);
            sums[t][a] = column;
        }
    }
}

template <std::size_t Panels>
void solve_panels(double* panels, std::size_t k, const double* lower, double* squares) {
    Lanes sums[Panels];
    for (Lanes& one : sums) clear(one);
    std::size_t j = 0;
    for (; j + kSolveColumns <= k; j += kSolveColumns)
        solve_columns<Panels, kSolveColumns>(panels, k, lower, j, sums);
    for (; j < k; ++j) solve_columns<Panels, 1>(panels, k, lower, j, sums);
    for (std::size_t t = 0; t < Panels; ++t) store(sums[t], squares + t * kPanelRows);
}

}  // namespace

void solve_lower(double* panels, std::size_t n_panels, std::size_t k, const double* lower, double* squares) {
    std::size_t t = 0;
    for (; t + kTilePanels <= n_panels; t += kTilePanels)
        solve_panels<kTilePanels>(panels + t * k * kPanelRows, k, lower, squares + t * kPanelRows);
    for (; t < n_panels; ++t)
        solve_panels<1>(panels + t * k * kPanelRows, k, lower, squares + t * kPanelRows);
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
