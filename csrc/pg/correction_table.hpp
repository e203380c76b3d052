#pragma once

#include <cstddef>

namespace polyagamma {

inline constexpr std::size_t kCorrectionTerms = 8;    // of each polynomial in t
inline constexpr std::size_t kCorrectionOrders = 12;  // of ε: E_0 … E_11
inline constexpr std::size_t kCorrectionPieces = 170;

// R_b(ω) on one piece of x, as polynomials in t ∈ [−1, 1]; see tables/make_correction_table.py.
struct CorrectionPiece {
    double leading[kCorrectionTerms];                       // A(x) − log 2
    double remainder[kCorrectionOrders][kCorrectionTerms];  // E_k(x)
};

extern const CorrectionPiece kCorrectionTable[kCorrectionPieces];

}  // namespace polyagamma
