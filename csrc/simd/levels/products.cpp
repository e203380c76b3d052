// Products with a matrix of panels.
#include "simd/levels/lanes.hpp"
#include "simd/levels/model_loops.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {
namespace {

template <std::size_t Panels, std::size_t Chains>
void forward_tile(const double* panels, std::size_t k, const double* u, double* d, std::size_t stride) {
    Lanes sums[Panels][Chains];
    for (auto& row : sums) {
        for (Lanes& one : row) clear(one);
    }
    for (std::size_t j = 0; j < k; ++j) {
        for (std::size_t t = 0; t < Panels; ++t) {
            Lanes column;
            load(column, panels + (t * k + j) * kPanelRows);
            for (std::size_t c = 0; c < Chains; ++c) add_product(sums[t][c], column, u[j * Chains + c]);
        }
    }
    for (std::size_t t = 0; t < Panels; ++t) {
        for (std::size_t c = 0; c < Chains; ++c) store(sums[t][c], d + c * stride + t * kPanelRows);
    }
}

template <std::size_t Panels, std::size_t Chains>
void transposed_tile(const double* panels, std::size_t k, const double* r, std::size_t stride, double* g) {
    Lanes rows[Panels][Chains];
    for (std::size_t t = 0; t < Panels; ++t) {
        for (std::size_t c = 0; c < Chains; ++c) load(rows[t][c], r + c * stride + t * kPanelRows);
    }
    for (std::size_t j = 0; j < k; ++j) {
        Lanes column[Panels];
        for (std::size_t t = 0; t < Panels; ++t) load(column[t], panels + (t * k + j) * kPanelRows);
        for (std::size_t c = 0; c < Chains; ++c) {
            Lanes sums;
            load(sums, g + (j * Chains + c) * kPanelRows);
            for (std::size_t t = 0; t < Panels; ++t) add_product(sums, column[t], rows[t][c]);
            store(sums, g + (j * Chains + c) * kPanelRows);
        }
    }
}

template <std::size_t Chains>
void forward_chains(const double* panels, std::size_t n_panels, std::size_t k, const double* u, double* d,
                    std::size_t stride) {
    std::size_t t = 0;
    for (; t + kTilePanels <= n_panels; t += kTilePanels) {
        forward_tile<kTilePanels, Chains>(panels + t * k * kPanelRows, k, u, d + t * kPanelRows, stride);
    }
    for (; t < n_panels; ++t) {
        forward_tile<1, Chains>(panels + t * k * kPanelRows, k, u, d + t * kPanelRows, stride);
    }
}

template <std::size_t Chains>
void transposed_chains(const double* panels, std::size_t n_panels, std::size_t k, const double* r,
                       std::size_t stride, double* g) {
    std::size_t t = 0;
    for (; t + kTilePanels <= n_panels; t += kTilePanels) {
        transposed_tile<kTilePanels, Chains>(panels + t * k * kPanelRows, k, r + t * kPanelRows, stride, g);
    }
    for (; t < n_panels; ++t) {
        transposed_tile<1, Chains>(panels + t * k * kPanelRows, k, r + t * kPanelRows, stride, g);
    }
}

// gram(j.., l..) += Σ weights x x for a tile of Rows x Columns entries.
template <std::size_t Rows, std::size_t Columns>
void gram_tile(const double* panels, std::size_t n_panels, std::size_t k, const double* weights,
               std::size_t j, std::size_t l, double* gram) {
    Lanes sums[Rows][Columns];
    for (auto& row : sums) {
        for (Lanes& one : row) clear(one);
    }
    for (std::size_t t = 0; t < n_panels; ++t) {
        const double* panel = panels + t * k * kPanelRows;
        Lanes weight;
        load(weight, weights + t * kPanelRows);
        Lanes weighted[Rows];
        for (std::size_t a = 0; a < Rows; ++a) {
            load(weighted[a], panel + (j + a) * kPanelRows);
            scale(weighted[a], weight);
        }
        for (std::size_t b = 0; b < Columns; ++b) {
            Lanes column;
            load(column, panel + (l + b) * kPanelRows);
            for (std::size_t a = 0; a < Rows; ++a) add_product(sums[a][b], weighted[a], column);
        }
    }
    for (std::size_t a = 0; a < Rows; ++a) {
        for (std::size_t b = 0; b < Columns; ++b) {
            if (l + b <= j + a) gram[(j + a) * k + l + b] += sum(sums[a][b]);
        }
    }
}

template <std::size_t Rows>
void gram_rows(const double* panels, std::size_t n_panels, std::size_t k, const double* weights,
               std::size_t j, double* gram) {
    std::size_t l = 0;
    for (; l + kGramTile <= j + Rows; l += kGramTile) {
        gram_tile<Rows, kGramTile>(panels, n_panels, k, weights, j, l, gram);
    }
    for (; l < j + Rows; ++l) gram_tile<Rows, 1>(panels, n_panels, k, weights, j, l, gram);
}

}  // namespace

void forward(const double* panels, std::size_t n_panels, std::size_t k, const double* u, std::size_t chains,
             double* d, std::size_t stride) {
    switch (chains) {
        case 1:
            return forward_chains<1>(panels, n_panels, k, u, d, stride);
        case 2:
            return forward_chains<2>(panels, n_panels, k, u, d, stride);
        case 3:
            return forward_chains<3>(panels, n_panels, k, u, d, stride);
        default:
            return forward_chains<kBatchChains>(panels, n_panels, k, u, d, stride);
    }
}

void transposed(const double* panels, std::size_t n_panels, std::size_t k, const double* r,
                std::size_t chains, std::size_t stride, double* g) {
    switch (chains) {
        case 1:
            return transposed_chains<1>(panels, n_panels, k, r, stride, g);
        case 2:
            return transposed_chains<2>(panels, n_panels, k, r, stride, g);
        case 3:
            return transposed_chains<3>(panels, n_panels, k, r, stride, g);
        default:
            return transposed_chains<kBatchChains>(panels, n_panels, k, r, stride, g);
    }
}

void weighted_gram(const double* panels, std::size_t n_panels, std::size_t k, const double* weights,
                   double* gram) {
    std::size_t j = 0;
    for (; j + kGramTile <= k; j += kGramTile) gram_rows<kGramTile>(panels, n_panels, k, weights, j, gram);
    for (; j < k; ++j) gram_rows<1>(panels, n_panels, k, weights, j, gram);
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
