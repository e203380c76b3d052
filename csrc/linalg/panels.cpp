#include "linalg/panels.hpp"

#include <algorithm>

#include "linalg/dense.hpp"

namespace polyagamma {

void Panels::assign(const Design& design, const double* basis, const Blas& blas) {
    constexpr std::size_t kRows = 32 * kPanelRows;
    rows_ = design.n;
    columns_ = design.columns;
    data_.assign(count() * kPanelRows * columns_, 0.0);
    Vector rows(kRows * columns_);
    Vector product(basis ? kRows * columns_ : 0);
    for (std::size_t first = 0; first < rows_; first += kRows) {
        const std::size_t n = std::min(kRows, rows_ - first);
        design.copy_rows(first, n, rows.data());
        if (basis) multiply(blas, rows.data(), basis, n, columns_, columns_, product.data());
        pack(first, n, basis ? product.data() : rows.data());
    }
}

void Panels::pack_in_place() {
    Vector rows(kPanelRows * columns_);
    for (std::size_t t = 0; t < count(); ++t) {
        std::copy_n(panel(t), rows.size(), rows.begin());
        std::fill_n(panel(t), rows.size(), 0.0);
        pack(t * kPanelRows, std::min(kPanelRows, rows_ - t * kPanelRows), rows.data());
    }
}

void Panels::pack(std::size_t first, std::size_t n, const double* rows) {
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t row = first + i;
        double* to = data_.data() + (row / kPanelRows) * columns_ * kPanelRows + row % kPanelRows;
        for (std::size_t j = 0; j < columns_; ++j) to[j * kPanelRows] = rows[i * columns_ + j];
    }
}

}  // namespace polyagamma
