#pragma once

#include <cstddef>

#include "simd/lanes_sum.hpp"
#include "simd/level.hpp"
#include "simd/model_loops.hpp"

// kPanelRows doubles that are added and multiplied together: one or several vector registers,
// depending on the level, always with the arithmetic of plain doubles.
namespace polyagamma {
namespace {

#if defined(__GNUC__)
#if defined(__AVX512F__)
inline constexpr std::size_t kRegisterDoubles = 8;
#elif defined(__AVX__)
inline constexpr std::size_t kRegisterDoubles = 4;
#else
inline constexpr std::size_t kRegisterDoubles = 2;
#endif
typedef double Register __attribute__((vector_size(kRegisterDoubles * sizeof(double))));
typedef Register Memory __attribute__((may_alias, aligned(sizeof(double))));
#else
inline constexpr std::size_t kRegisterDoubles = 1;
typedef double Register;
typedef double Memory;
#endif

inline constexpr std::size_t kRegisters = kPanelRows / kRegisterDoubles;

struct Lanes {
    Register part[kRegisters];
};

// sums += a
inline void add(Lanes& sums, const Lanes& a) {
    for (std::size_t i = 0; i < kRegisters; ++i) sums.part[i] += a.part[i];
}
// sums += a * b
inline void add_product(Lanes& sums, const Lanes& a, const Lanes& b) {
    for (std::size_t i = 0; i < kRegisters; ++i) sums.part[i] += a.part[i] * b.part[i];
}
inline void add_product(Lanes& sums, const Lanes& a, double b) {
    for (std::size_t i = 0; i < kRegisters; ++i) sums.part[i] += a.part[i] * b;
}
// sums += (a - b)²
inline void add_square(Lanes& sums, const Lanes& a, double b) {
    for (std::size_t i = 0; i < kRegisters; ++i) sums.part[i] += (a.part[i] - b) * (a.part[i] - b);
}
// a *= b
inline void scale(Lanes& a, const Lanes& b) {
    for (std::size_t i = 0; i < kRegisters; ++i) a.part[i] *= b.part[i];
}
inline void scale(Lanes& a, double b) {
    for (Register& part : a.part) part *= b;
}

// a = (a - b) * factor
inline void subtract_and_scale(Lanes& a, const Lanes& b, double factor) {
    for (std::size_t i = 0; i < kRegisters; ++i) a.part[i] = (a.part[i] - b.part[i]) * factor;
}

// Through references: passing a vector by value would depend on the level's calling convention.
inline void load(Lanes& lanes, const double* from) {
    for (std::size_t i = 0; i < kRegisters; ++i) {
        lanes.part[i] = *reinterpret_cast<const Memory*>(from + i * kRegisterDoubles);
    }
}
inline void store(const Lanes& lanes, double* to) {
    for (std::size_t i = 0; i < kRegisters; ++i) {
        *reinterpret_cast<Memory*>(to + i * kRegisterDoubles) = lanes.part[i];
    }
}
inline void clear(Lanes& lanes) {
    for (Register& part : lanes.part) part = Register{};
}

// sums += a - b
inline void add_difference(Lanes& sums, const double* a, const double* b) {
    Lanes left, right;
    load(left, a);
    load(right, b);
    for (std::size_t i = 0; i < kRegisters; ++i) sums.part[i] += left.part[i] - right.part[i];
}

inline double sum(const Lanes& lanes) {
    double parts[kPanelRows];
    store(lanes, parts);
    return sum_lanes(parts);
}

// Tile sizes: as many accumulators as the level has registers for. They change the speed only.
#if defined(__AVX512F__)
inline constexpr std::size_t kTilePanels = 4;
inline constexpr std::size_t kGramTile = 4;
#else
inline constexpr std::size_t kTilePanels = 1;
inline constexpr std::size_t kGramTile = 2;
#endif

}  // namespace
}  // namespace polyagamma
