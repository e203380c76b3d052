#pragma once

#include <cstddef>
#include <map>

#include "linalg/aligned.hpp"

namespace polyagamma {

// T(ρ) = Σ_i w_i log[Γ(y_i + r) / (Γ(r) r^{y_i})] = Σ_i w_i Σ_{k<y_i} log(1 + k/r), r = e^ρ, for counts y of
// weight w: what a negative binomial likelihood makes of counts and dispersion alone. No difference of log
// gamma functions is taken, which loses everything where r is large.
class CountTable {
  public:
    CountTable(const double* y, const double* weights, std::size_t rows);
    // From the weights of all distinct counts above 1, of which none is zero, and their sum over the rows.
    CountTable(const std::map<double, double>& counts, double total);

    struct Value {
        double value, slope;  // T and dT/dρ
    };
    // Error 1e-13 of it and, of a count of weight one, 1e-15; r must be positive and finite.
    Value at(double rho) const;

  private:
    // Terms of the sums over k, each for all counts above k; and counts, less where the sums end. Padded to
    // whole panels by entries of weight zero.
    struct Entries {
        Vector values, weights;
        void add(double value, double weight);
        void pad();
    };

    void assign(const std::map<double, double>& counts, double total);

    double first_ = 0.0;  // the least k that no term is for: Stirling's series begin there
    Entries terms_, beyond_;
    double weight_beyond_ = 0.0, total_beyond_ = 0.0;  // Σ weight, Σ weight · value
};

}  // namespace polyagamma
