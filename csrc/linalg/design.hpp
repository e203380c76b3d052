#pragma once

#include <cstddef>

namespace polyagamma {

// The caller's design matrix: n rows of doubles, less `centre` if there is one, after a column of ones if
// `intercept` and before `zeros` columns of zeros; so that the caller need not copy its data to centre it or
// to add a column. `columns` of them in all.
struct Design {
    const double* data;  // (n, columns - intercept - zeros), row-major
    std::size_t n;
    std::size_t columns;
    bool intercept;
    const double* centre = nullptr;  // (columns - intercept - zeros)
    std::size_t zeros = 0;

    // Rows [first, first + count) as a dense row-major matrix.
    void copy_rows(std::size_t first, std::size_t count, double* rows /* (count, columns) */) const {
        const std::size_t stored = columns - (intercept ? 1 : 0) - zeros;
        for (std::size_t i = 0; i < count; ++i) {
            double* row = rows + i * columns;
            if (intercept) *row++ = 1.0;
            const double* from = data + (first + i) * stored;
            for (std::size_t j = 0; j < stored; ++j) row[j] = centre ? from[j] - centre[j] : from[j];
            for (std::size_t j = 0; j < zeros; ++j) row[stored + j] = 0.0;
        }
    }
};

}  // namespace polyagamma
