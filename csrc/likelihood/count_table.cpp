#include "likelihood/count_table.hpp"

#include <algorithm>

#include "linalg/panels.hpp"
#include "math/elementary.hpp"
#include "math/stirling.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

using Distinct = std::map<double, double>;  // counts and their weights

// The series of a count takes about twice the time of a term. Where to begin with them: at least where they
// are accurate, and at some count.
double cheapest_first(const Distinct& counts) {
    constexpr double kSeriesWork = 2.0;
    double beyond = static_cast<double>(std::distance(counts.upper_bound(kLeastStirling), counts.end()));
    double first = kLeastStirling, least = first + kSeriesWork * beyond;
    for (auto one = counts.upper_bound(kLeastStirling); one != counts.end(); ++one) {
        const double work = one->first + kSeriesWork * --beyond;
        if (work < least) {
            least = work;
            first = one->first;
        }
    }
    return first;
}

}  // namespace

void CountTable::Entries::add(double value, double weight) {
    values.push_back(value);
    weights.push_back(weight);
}

void CountTable::Entries::pad() {
    values.resize(padded_rows(values.size()));
    weights.resize(padded_rows(weights.size()));
}

CountTable::CountTable(const double* y, const double* weights, std::size_t rows) {
    Distinct counts;
    double above = 0.0;  // weight of counts above k
    for (std::size_t i = 0; i < rows; ++i) {
        if (y[i] <= 1.0 || !(weights[i] > 0.0)) continue;
        counts[y[i]] += weights[i];
        above += weights[i];
    }
    assign(counts, above);
}

CountTable::CountTable(const std::map<double, double>& counts, double total) {
    assign(counts, total);
}

void CountTable::assign(const Distinct& counts, double total) {
    double above = total;
    first_ = cheapest_first(counts);
    auto next = counts.begin();
    for (double k = 1.0; k < first_ && next != counts.end(); k += 1.0) {
        for (; next != counts.end() && next->first <= k; ++next) above -= next->second;
        if (next != counts.end()) terms_.add(k, above);
    }
    for (auto one = counts.upper_bound(first_); one != counts.end(); ++one) {
        beyond_.add(one->first - first_, one->second);
        weight_beyond_ += one->second;
        total_beyond_ += one->second * (one->first - first_);
    }
    terms_.pad();
    beyond_.pad();
}

CountTable::Value CountTable::at(double rho) const {
    const double r = exponential(rho), z = r + first_;
    double value[kPanelRows] = {}, slope[kPanelRows] = {};
    const CountLoops& simd = loops().counts;
    simd.rising_terms(terms_.values.data(), terms_.weights.data(), r, terms_.values.size(), value, slope);
    if (weight_beyond_ == 0.0) return {sum_lanes(value), sum_lanes(slope)};
    simd.rising_series(beyond_.values.data(), beyond_.weights.data(), z, r, beyond_.values.size(), value,
                       slope);
    const double inverse = 1.0 / z, square = inverse * inverse;
    return {sum_lanes(value) + total_beyond_ * logarithm_one_plus(first_ / r) -
                weight_beyond_ * inverse * stirling_in_square(square),
            sum_lanes(slope) + weight_beyond_ * r * (0.5 * inverse + square * digamma_in_square(square))};
}

}  // namespace polyagamma
