#include "terms/column_neighbours.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

using Lists = std::vector<std::vector<std::size_t>>;

constexpr std::size_t kFewestRows = 16, kBlock = 64;

// Some rows of columns, or all, of norm 1: (rows, columns). Columns of zeros stay what they are.
struct UnitColumns {
    UnitColumns(const DesignColumns& design, const std::vector<std::size_t>& columns, std::size_t some)
        : rows(some), count(columns.size()), matrix(rows * count) {
        Vector x(rows);
        for (std::size_t j = 0; j < count; ++j) {
            const double* all = design.column(columns[j]);
            for (std::size_t i = 0; i < rows; ++i) x[i] = all[i * design.stride / rows];
            const double norm = std::sqrt(dot(x.data(), x.data(), rows));
            for (std::size_t i = 0; norm > 0.0 && i < rows; ++i) matrix[i * count + j] = x[i] / norm;
        }
    }
    // Products of columns [first, first + size) with all: (size, count).
    Vector products(const Blas& blas, std::size_t first, std::size_t size) const {
        Vector block(rows * size), found(size * count);
        for (std::size_t i = 0; i < rows; ++i)
            std::copy_n(&matrix[i * count + first], size, &block[i * size]);
        multiply_transposed(blas, block.data(), matrix.data(), size, rows, count, found.data());
        return found;
    }

    std::size_t rows, count;
    Vector matrix;
};

std::vector<std::size_t> nearest_to(std::size_t one, const double* product, std::size_t count,
                                    std::size_t nearest) {
    std::vector<std::size_t> order;
    for (std::size_t other = 0; other < count; ++other)
        if (other != one) order.push_back(other);
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(nearest, order.size()));
    std::partial_sort(order.begin(), end, order.end(), [&](std::size_t a, std::size_t b) {
        const double of_a = std::fabs(product[a]), of_b = std::fabs(product[b]);
        return of_a != of_b ? of_a > of_b : a < b;
    });
    order.erase(end, order.end());
    return order;
}

std::size_t affordable_rows(std::size_t rows, std::size_t columns, double most) {
    const double count = static_cast<double>(columns), affordable = most / (count * count);
    if (affordable >= static_cast<double>(rows)) return rows;
    return std::min(rows, std::max(kFewestRows, static_cast<std::size_t>(affordable)));
}

void sort_out(std::vector<std::size_t>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Lists column_neighbours(const Blas& blas, const DesignColumns& design,
                        const std::vector<std::size_t>& columns, std::size_t nearest, double most) {
    const UnitColumns unit(design, columns, affordable_rows(design.stride, columns.size(), most));
    Lists lists(columns.size());
    for (std::size_t first = 0; first < unit.count; first += kBlock) {
        const std::size_t size = std::min(kBlock, unit.count - first);
        const Vector products = unit.products(blas, first, size);
        for (std::size_t i = first; i < first + size; ++i)
            for (const std::size_t other :
                 nearest_to(i, &products[(i - first) * unit.count], unit.count, nearest)) {
                lists[i].push_back(other);
                lists[other].push_back(i);
            }
    }
    for (std::vector<std::size_t>& list : lists) sort_out(list);
    return lists;
}

}  // namespace polyagamma
