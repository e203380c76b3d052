#include "terms/column_neighbours.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

using Lists = std::vector<std::vector<std::size_t>>;

// Columns of norm 1, one after the other; those of zeros stay what they are.
Vector normalized(const DesignColumns& design, const std::vector<std::size_t>& columns) {
    const std::size_t n = design.stride;
    Vector all(columns.size() * n);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const double* x = design.column(columns[i]);
        const double norm = std::sqrt(dot(x, x, n));
        for (std::size_t k = 0; norm > 0.0 && k < n; ++k) all[i * n + k] = x[k] / norm;
    }
    return all;
}

std::vector<std::size_t> nearest_to(const Vector& unit, std::size_t n, std::size_t one, std::size_t nearest) {
    const std::size_t count = unit.size() / n;
    Vector closeness(count);
    std::vector<std::size_t> order;
    for (std::size_t other = 0; other < count; ++other) {
        closeness[other] = std::fabs(dot(&unit[one * n], &unit[other * n], n));
        if (other != one) order.push_back(other);
    }
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(nearest, order.size()));
    std::partial_sort(order.begin(), end, order.end(), [&](std::size_t a, std::size_t b) {
        return closeness[a] != closeness[b] ? closeness[a] > closeness[b] : a < b;
    });
    order.erase(end, order.end());
    return order;
}

void sort_out(std::vector<std::size_t>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Lists column_neighbours(const DesignColumns& design, const std::vector<std::size_t>& columns,
                        std::size_t nearest) {
    const Vector unit = normalized(design, columns);
    Lists lists(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i)
        for (const std::size_t other : nearest_to(unit, design.stride, i, nearest)) {
            lists[i].push_back(other);
            lists[other].push_back(i);
        }
    for (std::vector<std::size_t>& list : lists) sort_out(list);
    return lists;
}

}  // namespace polyagamma
