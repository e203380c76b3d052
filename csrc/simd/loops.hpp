#pragma once

#include <cstddef>
#include <cstdint>

#include "simd/class_loops.hpp"
#include "simd/column_loops.hpp"
#include "simd/count_loops.hpp"
#include "simd/covariance_loops.hpp"
#include "simd/factor_loops.hpp"
#include "simd/fill_arguments.hpp"
#include "simd/model_loops.hpp"
#include "simd/product_loops.hpp"
#include "simd/scale_loops.hpp"

namespace polyagamma {

// A point of an ellipse, centre + cosine first + sine second, each of them an array.
struct EllipsePoint {
    const double *centre, *first, *second;
    double cosine, sine;
    double operator[](std::size_t i) const { return centre[i] + cosine * first[i] + sine * second[i]; }
};

// The vector loops of one instruction-set level. Every level gives the same bits (see level.hpp).
struct Loops {
    const char* level;
    // out[i] ~ PG(h[i], z[i]) for i < n ≤ kBlock, its random words those of BlockStream(key, block).
    void (*fill_block)(const std::uint64_t* key, std::uint64_t block, Parameter h, Parameter z, std::size_t n,
                       double* out, Method method);
    // n independent standard normals, their random words those of BlockStream(key, 0).
    void (*normals)(const std::uint64_t* key, std::size_t n, double* out);
    // eta (functions, n) becomes e^{η_k} / Σ e^{η}, and log_sums (n,) log Σ e^{η}, whatever its size.
    void (*softmax)(std::size_t n, std::size_t functions, double* eta, double* log_sums);
    // The sum over rows of weights log Σ e^{η}, whatever its size, with η (functions, n) at that point. Where
    // all weights are 1 they may be null, for a tenth of the logarithms.
    double (*total_log_sum)(std::size_t n, std::size_t functions, const EllipsePoint& point,
                            const double* weights);
    ModelLoops model;
    CovarianceLoops covariance;
    CountLoops counts;
    ClassLoops classes;
    FactorLoops factor;
    ProductLoops products;
    ScaleLoops scales;
    ColumnLoops columns;
};

// The table of a level (baseline, v3, v4); null if the build or the processor lacks it.
const Loops* find_loops(const char* level);

// The table in use: the best level of this processor, or the one that the environment variable
// POLYAGAMMA_LEVEL names (baseline if that one is lacking). Chosen once per process.
const Loops& loops();

}  // namespace polyagamma
