#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"

namespace polyagamma {

// T(ρ) = Σ_i w_i log[Γ(y_i + r) / (Γ(r) r^{y_i})] = Σ_i w_i Σ_{k<y_i} log(1 + k/r), r = e^ρ, for counts y of
// weight w: what a negative binomial likelihood makes of counts and dispersion alone. No difference of log
// gamma functions is taken, which loses everything where r is large.
class CountTable {
  public:
    CountTable(const double* y, const double* weights, std::size_t rows);

    struct Value {
        double value, slope;  // T and dT/dρ
    };
    Value at(double rho) const;

  private:
    struct Entry {
        double count, weight;
    };
    std::vector<Entry> entries_;  // of distinct counts, in ascending order
};

}  // namespace polyagamma
