#pragma once

#include <cstddef>
#include <cstdint>

#include "math/elementary.hpp"
#include "pg/correction_table.hpp"

// The correction R_b(ω) of the leading (Lévy) term of the PG(b, 0) density,
//     f(ω | b, 0) = b / (2 sqrt(2πω³)) · exp(−b²/(8ω)) · exp(R_b(ω)),
// from the table: R_b(ω) − b log 2 with an absolute error below 2e-10 for 0 ≤ b ≤ 2^20
// (tests/test_correction.cpp).
namespace polyagamma {
namespace {

inline constexpr double kCorrectionMinX = 0x1p-7 * (1.0 + 6.0 / 16.0);  // below it R_b − b log 2 is 0
inline constexpr double kCorrectionMaxX = 16.0 * (1.0 - 0x1p-53);

// Where R_b is looked up: a place in a piece of the table. An octave of x has 16 pieces, chosen by the high
// four bits of the fraction of x; the other 48 bits are the place.
struct CorrectionPlace {
    double x;      // ω/(b + 1), clamped to the table
    double t;      // in [−1, 1)
    double dt_dx;  // 32 / 2^⌊log2 x⌋
};

inline CorrectionPlace correction_place(double x) {
    constexpr std::uint64_t kFraction = 0x000fffffffffffff;
    const double above = x > kCorrectionMinX ? x : kCorrectionMinX;
    const double inside = above < kCorrectionMaxX ? above : kCorrectionMaxX;
    const std::uint64_t bits = bits_of(inside);
    const double fraction = double_of(((bits << 4) & kFraction) | 0x3ff0000000000000);  // in [1, 2)
    return {inside, 2.0 * fraction - 3.0, double_of(((1023u + 5u + 1023u) - (bits >> 52)) << 52)};
}

inline const CorrectionPiece& correction_piece(const CorrectionPlace& place) {
    constexpr std::uint64_t kFirst = (1023u - 7u) * 16u + 6u;
    return kCorrectionTable[(bits_of(place.x) >> 48) - kFirst];
}

// How R_b depends on b in the table.
struct CorrectionScale {
    double b_plus_one;
    double eps;  // 1/(b + 1)
};

inline CorrectionScale correction_scale(double b) {
    return {b + 1.0, 1.0 / (b + 1.0)};
}

// The polynomial in t of R_b − b log 2 on one piece, for one b.
struct CorrectionPolynomial {
    double c[kCorrectionTerms];
};

inline CorrectionPolynomial correction_polynomial(const CorrectionPiece& piece, CorrectionScale scale) {
    CorrectionPolynomial p;
    for (std::size_t j = 0; j < kCorrectionTerms; ++j) p.c[j] = piece.remainder[kCorrectionOrders - 1][j];
    for (std::size_t k = kCorrectionOrders - 1; k-- > 0;) {
        for (std::size_t j = 0; j < kCorrectionTerms; ++j)
            p.c[j] = piece.remainder[k][j] + scale.eps * p.c[j];
    }
    for (std::size_t j = 0; j < kCorrectionTerms; ++j) p.c[j] += scale.b_plus_one * piece.leading[j];
    return p;
}

inline double value(const CorrectionPolynomial& p, double t) {
    return polynomial(t, p.c[0], p.c[1], p.c[2], p.c[3], p.c[4], p.c[5], p.c[6], p.c[7]);
}

// Derivative with respect to t.
inline double slope(const CorrectionPolynomial& p, double t) {
    return polynomial(t, p.c[1], 2.0 * p.c[2], 3.0 * p.c[3], 4.0 * p.c[4], 5.0 * p.c[5], 6.0 * p.c[6],
                      7.0 * p.c[7]);
}

}  // namespace
}  // namespace polyagamma
