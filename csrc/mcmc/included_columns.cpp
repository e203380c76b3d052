#include "mcmc/included_columns.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "linalg/dense.hpp"
#include "random/normals.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// xᵀΩx of each column.
Vector weighted_squares(const CentredRows& rows, const Vector& weight) {
    const std::size_t p = rows.size();
    Vector lanes(p * kPanelRows), squares(p);
    for (std::size_t t = 0; t < rows.x.count(); ++t) {
        const double *panel = rows.x.panel(t), *w = &weight[t * kPanelRows];
        for (std::size_t j = 0; j < p; ++j)
            for (std::size_t i = 0; i < kPanelRows; ++i) {
                const double x = panel[j * kPanelRows + i];
                lanes[j * kPanelRows + i] += w[i] * x * x;
            }
    }
    for (std::size_t j = 0; j < p; ++j) squares[j] = sum_lanes(&lanes[j * kPanelRows]);
    return squares;
}

}  // namespace

double IncludedColumns::Evidence::log_factor() const {
    return 0.5 * (t * t / d - std::log(d));
}

Status IncludedColumns::assign(const GaussianRows& rows, const std::vector<std::size_t>& columns,
                               Vector deviation) {
    weight_ = rows.precision;
    linear_ = transposed_product(*model_, rows.linear);
    diagonal_ = weighted_squares(*model_, weight_);
    deviation_ = std::move(deviation);
    columns_.clear();
    gram_.clear();
    add_rows_of_gram(columns);
    const std::size_t q = columns_.size();
    Vector lower(q * q);
    for (std::size_t i = 0; i < q; ++i) {
        for (std::size_t k = 0; k <= i; ++k)
            lower[i * q + k] = deviation_[columns_[i]] * gram_[i][columns_[k]] * deviation_[columns_[k]];
        lower[i * q + i] += 1.0;
    }
    if (const Status status = cholesky(model_->blas, lower.data(), q); !status.ok()) return status;
    lower_ = GrowingCholesky(model_->blas, lower.data(), q);
    find_shift();
    return check_finite(shift_.data(), q);
}

// A few products with X in one pass.
void IncludedColumns::add_rows_of_gram(const std::vector<std::size_t>& columns) {
    const std::size_t p = model_->size(), padded = weight_.size();
    for (std::size_t first = 0; first < columns.size(); first += kBatchChains) {
        const std::size_t count = std::min(kBatchChains, columns.size() - first);
        Vector weighted, lanes(p * count * kPanelRows);
        for (std::size_t c = 0; c < count; ++c) {
            Vector x = column_of(*model_, columns[first + c]);
            for (std::size_t i = 0; i < padded; ++i) x[i] *= weight_[i];
            weighted.insert(weighted.end(), x.begin(), x.end());
        }
        loops().model.transposed(model_->x.panel(0), model_->x.count(), p, weighted.data(), count, padded,
                                 lanes.data());
        for (std::size_t c = 0; c < count; ++c) {
            Vector row(p);
            for (std::size_t j = 0; j < p; ++j) row[j] = sum_lanes(&lanes[(j * count + c) * kPanelRows]);
            gram_.push_back(std::move(row));
            columns_.push_back(columns[first + c]);
        }
    }
}

void IncludedColumns::find_shift() {
    shift_.resize(columns_.size());
    for (std::size_t i = 0; i < shift_.size(); ++i)
        shift_[i] = deviation_[columns_[i]] * linear_[columns_[i]];
    lower_.solve_lower(shift_.data());
}

std::size_t IncludedColumns::position(std::size_t column) const {
    return static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), column) - columns_.begin());
}

Vector IncludedColumns::crossing(std::size_t column) const {
    Vector u(columns_.size());
    for (std::size_t i = 0; i < u.size(); ++i)
        u[i] = deviation_[columns_[i]] * gram_[i][column] * deviation_[column];
    lower_.solve_lower(u.data());
    return u;
}

Vector IncludedColumns::unit(std::size_t position) const {
    Vector e(columns_.size());
    e[position] = 1.0;
    lower_.solve_lower(e.data());
    return e;
}

// d is 1 at least, which rounding does not know.
IncludedColumns::Evidence IncludedColumns::given(const Vector& crossing, std::size_t column) const {
    const double s = deviation_[column], known = dot(crossing.data(), crossing.data(), crossing.size());
    return {std::max(1.0, 1.0 + s * s * diagonal_[column] - known),
            s * linear_[column] - dot(crossing.data(), shift_.data(), crossing.size())};
}

IncludedColumns::Evidence IncludedColumns::of(std::size_t column) const {
    return given(crossing(column), column);
}

// The inverse of I + S G S has 1/d on its diagonal, and z has the mean t/d.
IncludedColumns::Evidence IncludedColumns::of_included(std::size_t position) const {
    const Vector e = unit(position);
    const double d = 1.0 / dot(e.data(), e.data(), e.size());
    return {d, d * dot(e.data(), shift_.data(), e.size())};
}

IncludedColumns::Evidence IncludedColumns::in_place_of(std::size_t position, std::size_t column) const {
    const Vector e = unit(position), u = crossing(column);
    const double square = dot(e.data(), e.data(), e.size()), share = dot(e.data(), u.data(), e.size());
    const Evidence with = given(u, column);
    return {with.d + share * share / square,
            with.t + share * dot(e.data(), shift_.data(), e.size()) / square};
}

Status IncludedColumns::add(std::size_t column) {
    const std::size_t q = columns_.size();
    Vector row(q + 1);
    for (std::size_t i = 0; i < q; ++i)
        row[i] = deviation_[columns_[i]] * gram_[i][column] * deviation_[column];
    row[q] = 1.0 + deviation_[column] * deviation_[column] * diagonal_[column];
    if (const Status status = lower_.append(row.data(), 1); !status.ok()) return status;
    add_rows_of_gram({column});
    find_shift();
    return {};
}

void IncludedColumns::remove(std::size_t position) {
    const auto at = static_cast<std::ptrdiff_t>(position);
    lower_.erase(position, 1);
    columns_.erase(columns_.begin() + at);
    gram_.erase(gram_.begin() + at);
    find_shift();
}

void IncludedColumns::draw(BitGen& bitgen, double* gamma) const {
    Vector z(columns_.size());
    fill_normals(bitgen, z.data(), z.size());
    for (std::size_t i = 0; i < z.size(); ++i) z[i] += shift_[i];
    lower_.solve_lower_transposed(z.data());
    std::fill_n(gamma, model_->size(), 0.0);
    for (std::size_t i = 0; i < z.size(); ++i) gamma[columns_[i]] = deviation_[columns_[i]] * z[i];
}

}  // namespace polyagamma
