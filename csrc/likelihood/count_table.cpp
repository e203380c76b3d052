#include "likelihood/count_table.hpp"

#include <cmath>
#include <map>

#include "math/elementary.hpp"

namespace polyagamma {
namespace {

constexpr double kLongGap = 96.0;   // between counts, from which Stirling's series is cheaper than the sum
constexpr double kLeastShape = 20;  // from which the series are accurate

// log Γ(z) = (z − ½) log z − z + ½ log 2π + this, to 1e-14 for z >= kLeastShape.
double stirling(double z) {
    const double square = 1.0 / (z * z);
    return polynomial(square, 1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188) / z;
}
// ψ(z) = log z − this, to 1e-15 for z >= kLeastShape.
double digamma_tail(double z) {
    const double square = 1.0 / (z * z);
    return 0.5 / z + square * polynomial(square, 1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132);
}

// Σ_{k<y} log(1 + k/r) and its derivative in ρ: Stirling's series at r raised above kLeastShape.
// Error 1e-15 (y + |value|).
CountTable::Value sum_by_series(double y, double r) {
    CountTable::Value sum{0.0, 0.0};
    double z = r;
    for (; z < kLeastShape; z += 1.0) {
        sum.value += logarithm(z / (y + z));
        sum.slope += r / (y + z) - r / z;  // its terms in r (ψ(y + r) − ψ(r)), negative
    }
    const double ratio = logarithm_one_plus(y / z);
    sum.value += (y + z - 0.5) * ratio - y + stirling(y + z) - stirling(z) + y * logarithm(z / r);
    sum.slope = r * (ratio - digamma_tail(y + z) + digamma_tail(z)) - sum.slope - y;
    return sum;
}

}  // namespace

CountTable::CountTable(const double* y, const double* weights, std::size_t rows) {
    std::map<double, double> total;
    for (std::size_t i = 0; i < rows; ++i)
        if (y[i] > 1.0 && weights[i] > 0.0) total[y[i]] += weights[i];
    for (const auto& [count, weight] : total) entries_.push_back({count, weight});
}

CountTable::Value CountTable::at(double rho) const {
    const double r = exponential(rho);
    Value all{0.0, 0.0}, one{0.0, 0.0};
    double done = 0.0;  // terms of `one`
    for (const Entry& entry : entries_) {
        if (entry.count - done > kLongGap) {
            one = sum_by_series(entry.count, r);
        } else {
            for (double k = done; k < entry.count; k += 1.0) {
                one.value += logarithm_one_plus(k / r);
                one.slope -= k / (r + k);
            }
        }
        done = entry.count;
        all.value += entry.weight * one.value;
        all.slope += entry.weight * one.slope;
    }
    return all;
}

}  // namespace polyagamma
