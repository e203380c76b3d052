#include "likelihood/merge_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "random/hash.hpp"

namespace polyagamma {
namespace {

struct Keys {
    const double* x;
    const double* offset;
    std::size_t rows, columns, predictors;

    bool equal(std::size_t a, std::size_t b) const {
        const double* row = x + a * columns;
        for (std::size_t k = 0; k < predictors; ++k)
            if (offset[k * rows + a] != offset[k * rows + b]) return false;
        return std::equal(row, row + columns, x + b * columns);
    }
    std::uint64_t hash(std::size_t i) const {
        std::uint64_t h = hash_word(offset[i]);
        for (std::size_t k = 1; k < predictors; ++k) h = mix64(h) + hash_word(offset[k * rows + i]);
        for (std::size_t j = 0; j < columns; ++j) h = mix64(h) + hash_word(x[i * columns + j]);
        return mix64(h);
    }
};

// Where each row goes among the merged ones; empty if they are too many.
std::vector<std::size_t> places(const Keys& keys) {
    const std::size_t n = keys.rows;
    struct Seen {
        std::size_t row, place;
    };
    std::vector<std::size_t> place(n);
    std::unordered_multimap<std::uint64_t, Seen> seen;
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t hash = keys.hash(i);
        const auto [begin, end] = seen.equal_range(hash);
        const auto found =
            std::find_if(begin, end, [&](const auto& entry) { return keys.equal(entry.second.row, i); });
        place[i] = found == end ? seen.size() : found->second.place;
        if (found == end) seen.emplace(hash, Seen{i, place[i]});
        if (2 * seen.size() > n) return {};
    }
    return place;
}

}  // namespace

MergedRows merge_rows(const double* x, const double* offset, std::size_t rows, std::size_t columns,
                      std::size_t predictors) {
    MergedRows merged;
    std::vector<std::size_t> first;
    merged.place = places({x, offset, rows, columns, predictors});
    for (std::size_t i = 0; i < merged.place.size(); ++i) {
        if (merged.place[i] != merged.n) continue;
        ++merged.n;
        merged.x.insert(merged.x.end(), x + i * columns, x + (i + 1) * columns);
        first.push_back(i);
    }
    for (std::size_t k = 0; k < predictors; ++k)
        for (const std::size_t i : first) merged.offset.push_back(offset[k * rows + i]);
    return merged;
}

}  // namespace polyagamma
