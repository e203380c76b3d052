#include "mcmc/seen_rows.hpp"

#include <algorithm>

namespace polyagamma {

void SeenRows::add(const RowCurves& curves, const Vector& eta, const Vector& offset, std::size_t rows) {
    for (std::size_t i = 0; i < rows; ++i) {
        precision[i] += curves.precision[i];
        slope[i] += curves.slope[i];
        t[i] += eta[i] - offset[i];
    }
    count += 1.0;
}

// Precisions E[−ℓ″] and linear terms E[ℓ′] + precision E[t], expectations over the posterior: the best
// Gaussian approximation (Opper and Archambeau 2009, equations 8 and 9).
void pool_rows(const std::vector<SeenRows*>& chains, std::size_t rows, GaussianRows& surrogate) {
    double count = 0.0;
    for (const SeenRows* seen : chains) count += seen->count;
    for (std::size_t i = 0; i < rows; ++i) {
        double precision = 0.0, slope = 0.0, t = 0.0;
        for (const SeenRows* seen : chains) {
            precision += seen->precision[i];
            slope += seen->slope[i];
            t += seen->t[i];
        }
        surrogate.precision[i] = precision / count;
        surrogate.linear[i] = (slope + surrogate.precision[i] * t) / count;
    }
    for (SeenRows* seen : chains) {
        for (Vector* part : {&seen->precision, &seen->slope, &seen->t})
            std::fill(part->begin(), part->end(), 0.0);
        seen->count = 0.0;
    }
}

}  // namespace polyagamma
