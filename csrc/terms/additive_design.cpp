#include "terms/additive_design.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "linalg/dense.hpp"
#include "random/hash.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kFull = 4;  // a full matrix has at most so many times the entries of the sparse one

struct Keys {
    const SparseRows& matrix;
    const double* offset;

    std::uint64_t hash(std::size_t i) const {
        std::uint64_t h = hash_word(offset[i]);
        for (std::size_t e = matrix.start[i]; e < matrix.start[i + 1]; ++e)
            h = mix64(mix64(h) + hash_word(matrix.value[e])) + static_cast<std::uint64_t>(matrix.index[e]);
        return mix64(h);
    }
    bool equal(std::size_t i, std::size_t j) const {
        const std::size_t a = matrix.start[i], b = matrix.start[j], count = matrix.start[i + 1] - a;
        return offset[i] == offset[j] && matrix.start[j + 1] - b == count &&
               std::equal(&matrix.index[a], &matrix.index[a] + count, &matrix.index[b]) &&
               std::equal(&matrix.value[a], &matrix.value[a] + count, &matrix.value[b]);
    }
};

// Σ a[i step] b[i], in sums that do not wait for each other.
double strided_dot(const double* a, std::size_t step, const double* b, std::size_t n) {
    if (step == 1) return dot(a, b, n);
    double sums[4] = {};
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (std::size_t l = 0; l < 4; ++l) sums[l] += a[(i + l) * step] * b[i + l];
    for (; i < n; ++i) sums[i % 4] += a[i * step] * b[i];
    return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

struct Columns {
    std::size_t begin = 0, end = 0;
    bool has(std::int32_t column) const {
        const auto c = static_cast<std::size_t>(column);
        return begin <= c && c < end;
    }
};

Columns columns_of(const std::vector<EffectBlock>& blocks, std::size_t which) {
    if (which == AdditiveDesign::kNone) return {};
    Columns columns;
    for (std::size_t k = 0; k < which; ++k) columns.begin += blocks[k].size();
    columns.end = columns.begin + blocks[which].size();
    return columns;
}

// The coordinate of each column.
std::vector<std::size_t> coordinates(const std::vector<EffectBlock>& blocks) {
    std::vector<std::size_t> first(blocks.size()), coordinate;
    std::size_t next = 0;
    for (const std::size_t k : AdditiveDesign::order(blocks)) {
        first[k] = next;
        next += blocks[k].size();
    }
    for (std::size_t k = 0; k < blocks.size(); ++k)
        for (std::size_t j = 0; j < blocks[k].size(); ++j) coordinate.push_back(first[k] + j);
    return coordinate;
}

}  // namespace

std::size_t AdditiveDesign::eliminated(const std::vector<EffectBlock>& blocks) {
    std::size_t best = kNone, most = 0;
    for (std::size_t k = 0; k < blocks.size(); ++k) {
        if (!blocks[k].one_level || blocks[k].size() <= most) continue;
        best = k;
        most = blocks[k].size();
    }
    return best;
}

std::vector<std::size_t> AdditiveDesign::order(const std::vector<EffectBlock>& blocks) {
    const std::size_t first = eliminated(blocks);
    std::vector<std::size_t> order;
    if (first != kNone) order.push_back(first);
    for (const bool dense : {true, false})
        for (std::size_t k = 0; k < blocks.size(); ++k)
            if (k != first && blocks[k].dense == dense) order.push_back(k);
    return order;
}

ArrangedRows AdditiveDesign::arrange(const SparseRows& matrix, const double* offset,
                                     const std::vector<EffectBlock>& blocks) {
    const Keys keys{matrix, offset};
    const std::size_t n = matrix.rows(), which = eliminated(blocks);
    const Columns own = columns_of(blocks, which);
    std::vector<std::size_t> kind(n), first, level;  // kinds by first appearance
    std::unordered_multimap<std::uint64_t, std::size_t> seen;
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t hash = keys.hash(i);
        const auto [begin, end] = seen.equal_range(hash);
        const auto found =
            std::find_if(begin, end, [&](const auto& s) { return keys.equal(first[s.second], i); });
        kind[i] = found == end ? first.size() : found->second;
        if (found != end) continue;
        seen.emplace(hash, first.size());
        first.push_back(i);
        const auto* entry = &matrix.index[matrix.start[i]];
        while (which != kNone && !own.has(*entry)) ++entry;
        const std::size_t columns = which == kNone ? 1 : blocks[which].columns;
        level.push_back(which == kNone ? 0 : (static_cast<std::size_t>(*entry) - own.begin) / columns);
    }
    std::vector<std::size_t> order(first.size()), rank(first.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return level[a] < level[b]; });
    ArrangedRows rows;
    for (std::size_t place = 0; place < order.size(); ++place) {
        rank[order[place]] = place;
        rows.first.push_back(first[order[place]]);
        rows.level.push_back(level[order[place]]);
    }
    for (std::size_t i = 0; i < n; ++i) rows.place.push_back(rank[kind[i]]);
    return rows;
}

AdditiveDesign::AdditiveDesign(const SparseRows& matrix, const ArrangedRows& rows,
                               const std::vector<EffectBlock>& blocks) {
    const std::size_t which = eliminated(blocks), n = rows.first.size();
    if (which != kNone) {
        groups_ = blocks[which].levels;
        columns_ = blocks[which].columns;
    }
    const std::size_t before = groups_ * columns_;
    const std::vector<std::size_t> coordinate = coordinates(blocks);
    std::size_t dense = 0;
    for (std::size_t k = 0; k < blocks.size(); ++k)
        dense += k != which && blocks[k].dense ? blocks[k].size() : 0;
    rest_.columns = matrix.columns - before;
    dense_ = Panels(n, dense);
    group_values_.assign(n * columns_, 0.0);
    first_row_.assign(std::max<std::size_t>(groups_, 1) + 1, 0);
    std::vector<std::pair<std::size_t, double>> entries;
    Vector of_row(dense);
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t row = rows.first[i];
        entries.clear();
        std::fill(of_row.begin(), of_row.end(), 0.0);
        for (std::size_t e = matrix.start[row]; e < matrix.start[row + 1]; ++e) {
            const std::size_t column = coordinate[static_cast<std::size_t>(matrix.index[e])];
            if (column < before) {
                group_values_[i * columns_ + column % columns_] = matrix.value[e];
            } else if (column < before + dense) {
                of_row[column - before] = matrix.value[e];
            } else {
                entries.emplace_back(column - before, matrix.value[e]);
            }
        }
        std::sort(entries.begin(), entries.end());
        for (const auto& [column, value] : entries) rest_.push(column, value);
        rest_.end_row();
        if (dense > 0) dense_.pack(i, 1, of_row.data());
        group_.push_back(static_cast<std::int32_t>(rows.level[i]));
        ++first_row_[rows.level[i] + 1];
    }
    for (std::size_t g = 0; g + 1 < first_row_.size(); ++g) first_row_[g + 1] += first_row_[g];
    unit_ = columns_ == 1 &&
            std::all_of(group_values_.begin(), group_values_.end(), [](double x) { return x == 1.0; });
    find_neighbours();
}

void AdditiveDesign::find_neighbours() {
    first_neighbour_.push_back(0);
    if (columns_ > 0) slot_.resize(rest_.index.size());
    std::vector<std::int32_t> found;
    for (std::size_t g = 0; g < groups_; ++g) {
        const std::size_t begin = rest_.start[first_row_[g]], end = rest_.start[first_row_[g + 1]];
        found.assign(rest_.index.begin() + static_cast<std::ptrdiff_t>(begin),
                     rest_.index.begin() + static_cast<std::ptrdiff_t>(end));
        for (std::size_t j = 0; j < dense(); ++j) found.push_back(static_cast<std::int32_t>(j));
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        for (std::size_t e = begin; e < end; ++e)
            slot_[e] = static_cast<std::int32_t>(
                std::lower_bound(found.begin(), found.end(), rest_.index[e]) - found.begin());
        neighbour_.insert(neighbour_.end(), found.begin(), found.end());
        first_neighbour_.push_back(neighbour_.size());
    }
    if (columns_ > 0 && kFull * neighbour_.size() >= groups_ * rest()) let_meet_all();
}

void AdditiveDesign::let_meet_all() {
    meets_all_ = true;
    neighbour_.clear();
    slot_ = rest_.index;
    for (std::size_t g = 0; g <= groups_; ++g) first_neighbour_[g] = g * rest();
}

// work(g, begin, end) for the rows of each group among rows [first, first + count).
template <class Work>
void AdditiveDesign::for_groups(std::size_t first, std::size_t count, Work work) const {
    if (columns_ == 0) return;
    const std::size_t end = first + count;
    for (std::size_t row = first; row < end;) {
        const auto g = static_cast<std::size_t>(group_[row]);
        const std::size_t next = std::min(end, first_row_[g + 1]);
        work(g, row, next);
        row = next;
    }
}

void AdditiveDesign::multiply(const double* x, std::size_t first, std::size_t count, double* out) const {
    const double* others = x + groups_ * columns_;
    loops().model.forward(dense_.panel(first / kPanelRows), panels_for(count), dense(), others, 1, out,
                          padded_rows(count));
    for_groups(first, count, [&](std::size_t g, std::size_t begin, std::size_t end) {
        const double* own = x + g * columns_;
        if (unit_) {
            for (std::size_t i = begin; i < end; ++i) out[i - first] += own[0];
            return;
        }
        for (std::size_t a = 0; a < columns_; ++a)
            for (std::size_t i = begin; i < end; ++i) out[i - first] += group_value(i, a) * own[a];
    });
    if (rest_.index.empty()) return;
    for (std::size_t i = first; i < first + count; ++i) {
        double sum = out[i - first];
        for (std::size_t e = rest_.start[i]; e < rest_.start[i + 1]; ++e)
            sum += rest_.value[e] * others[rest_.index[e]];
        out[i - first] = sum;
    }
}

void AdditiveDesign::add_transposed(const double* e, std::size_t first, std::size_t count, double* out,
                                    Vector& dense_sums) const {
    double* others = out + groups_ * columns_;
    loops().model.transposed(dense_.panel(first / kPanelRows), panels_for(count), dense(), e, 1,
                             padded_rows(count), dense_sums.data());
    for_groups(first, count, [&](std::size_t g, std::size_t begin, std::size_t end) {
        if (unit_) {
            out[g] += sum(e + (begin - first), end - begin);
            return;
        }
        for (std::size_t a = 0; a < columns_; ++a) {
            out[g * columns_ + a] +=
                strided_dot(&group_values_[begin * columns_ + a], columns_, e + (begin - first), end - begin);
        }
    });
    if (rest_.index.empty()) return;
    for (std::size_t i = first; i < first + count; ++i) {
        const double residual = e[i - first];
        for (std::size_t k = rest_.start[i]; k < rest_.start[i + 1]; ++k)
            others[rest_.index[k]] += rest_.value[k] * residual;
    }
}

void AdditiveDesign::add_dense(const Vector& dense_sums, double* out) const {
    double* others = out + groups_ * columns_;
    for (std::size_t j = 0; j < dense(); ++j) others[j] += sum_lanes(&dense_sums[j * kPanelRows]);
}

}  // namespace polyagamma
