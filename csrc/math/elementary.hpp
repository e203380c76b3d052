#pragma once

#include <cstdint>
#include <cstring>
#include <limits>

// Elementary functions in plain double arithmetic of fixed order: the same bits from every compiler, machine
// and instruction-set level, and no branches, so that compilers vectorise loops of calls. libm offers
// neither. Everything is in an anonymous namespace: each translation unit has its own copy, so the linker
// cannot hand a copy that was compiled for one instruction-set level to another. The polynomials, but for
// those that say otherwise, are Taylor series, cut where the first term left out is below a tenth of an ulp.
namespace polyagamma {
namespace {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

inline std::uint64_t bits_of(double x) {
    std::uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

inline double double_of(std::uint64_t bits) {
    double x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

// c0 + c1 x + c2 x^2 + ...
inline double polynomial(double, double c0) {
    return c0;
}

template <class... Rest>
inline double polynomial(double x, double c0, Rest... rest) {
    return c0 + x * polynomial(x, rest...);
}

// log 2 in two parts; the high one has 20 trailing zero bits, so that its product with an exponent is exact.
inline constexpr double kLn2High = 0x1.62e42feep-1;
inline constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

// e^x = 2^k (1 + tail), |tail| < 0.42.
struct ReducedExponential {
    std::uint64_t k;  // plus 2048
    double tail;
};

// For x in [-746, 710].
inline ReducedExponential reduce_exponential(double x) {
    constexpr double kLog2E = 0x1.71547652b82fep0;
    constexpr double kRounder = 0x1.8p52;  // adding it rounds to an integer, found in the low bits of the sum
    constexpr std::uint64_t kRounderBits = 0x4338000000000000;
    const double shifted = x * kLog2E + kRounder;
    const double k = shifted - kRounder;
    const double high = x - k * kLn2High;
    const double low = k * kLn2Low;
    const double r = high - low;
    const double rounding = (high - r) - low;
    const double p =
        polynomial(r, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880,
                   1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800);
    return {bits_of(shifted) - kRounderBits + 2048, r + (r * r * p + rounding)};
}

inline double clamp_exponent(double x) {
    const double below = x > 710.0 ? 710.0 : x;
    return below < -746.0 ? -746.0 : below;
}

// Two powers of two with the product 2^(k - 2048), which itself may be subnormal or overflow.
inline double half_power(std::uint64_t k) {
    return double_of(((k >> 1) - 1) << 52);
}
inline double other_half_power(std::uint64_t k) {
    return double_of((k - (k >> 1) - 1) << 52);
}

// e^x to 1 ulp, subnormal results included.
inline double exponential(double x) {
    const ReducedExponential e = reduce_exponential(clamp_exponent(x));
    return (1.0 + e.tail) * half_power(e.k) * other_half_power(e.k);
}

// e^x to 1.1 ulp for x <= 700, 3e-308 where it would be smaller, in two thirds of the operations that
// `exponential` takes. Even and odd powers are apart: half as many operations wait for each other.
inline double exponential_of_moderate(double x) {
    constexpr double kLog2E = 0x1.71547652b82fep0;
    constexpr double kRounder = 0x1.8p52 + 1023;  // rounds as above, and adds the bias of exponents
    const double above = x < -708.0 ? -708.0 : x;
    const double shifted = above * kLog2E + kRounder;
    const double k = shifted - kRounder;
    const double y = (above - k * kLn2High) - k * kLn2Low;
    const double z = y * y;
    // (e^y − 1 − y)/y², interpolated at ten Chebyshev nodes of |y| <= log(2)/2: e^y to 2e-17.
    const double even = polynomial(z, 0x1.0000000000001p-1, 0x1.5555555553d68p-5, 0x1.6c16c17889ef1p-10,
                                   0x1.a019b9149a41cp-16, 0x1.28917c89a43a7p-22);
    const double odd = polynomial(z, 0x1.5555555555556p-3, 0x1.11111111109b5p-7, 0x1.a01a01a7c2efep-13,
                                  0x1.71de0db2f6b19p-19, 0x1.af389ecfc4b9cp-26);
    return (1.0 + (y + z * (even + y * odd))) * double_of(bits_of(shifted) << 52);
}

// e^x - 1 to 2 ulp for x <= 709.
inline double exponential_minus_one(double x) {
    const ReducedExponential e = reduce_exponential(clamp_exponent(x));
    const double power = half_power(e.k) * other_half_power(e.k);
    return e.tail * power + (power - 1.0);
}

// log x to 1 ulp for x >= 0, subnormal x included; -infinity at 0. NaN and infinity do not come back as such.
inline double logarithm(double x) {
    // x = 2^e m with m in [sqrt(1/2), sqrt(2)): the addition carries into the exponent where m >= sqrt(2).
    constexpr std::uint64_t kCarry = 0x3ff0000000000000 - 0x3fe6a09e667f3bcd;
    const bool subnormal = x < 0x1p-1022;
    const double normal = subnormal ? x * 0x1p54 : x;
    const std::uint64_t bits = bits_of(normal);
    const std::uint64_t biased = (bits + kCarry) >> 52;  // e + 1023
    const double m = double_of(bits + 0x3ff0000000000000 - (biased << 52));
    const double e = double_of(biased | 0x4330000000000000) - (subnormal ? 0x1p52 + 1077 : 0x1p52 + 1023);
    // log m = f - f²/2 + s (f²/2 + R(s²)) with s = f / (2 + f), from log m = 2 atanh s = 2 s + 2/3 s³ + ...
    const double f = m - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double r = z * polynomial(z, 2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13, 2.0 / 15,
                                    2.0 / 17, 2.0 / 19);
    const double half_square = 0.5 * f * f;
    const double log_m_tail = half_square - (s * (half_square + r) + e * kLn2Low);
    const double result = e * kLn2High - (log_m_tail - f);
    return x == 0.0 ? -kInfinity : result;
}

// log(1 + x) to 2 ulp for x > -1.
inline double logarithm_one_plus(double x) {
    const double u = 1.0 + x;
    const double rounding = x > 1.0 ? 1.0 - (u - x) : x - (u - 1.0);
    return logarithm(u) + rounding / u;
}

struct CosineSine {
    double cosine;
    double sine;
};

// cos(pi t / 4) and sin(pi t / 4) to 2 ulp for |t| <= 1.
inline CosineSine cosine_sine_eighth_turn(double t) {
    constexpr double kQuarterPi = 0x1.921fb54442d18p-1;
    const double x = kQuarterPi * t;
    const double z = x * x;
    const double sine = polynomial(z, -1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800,
                                   1.0 / 6227020800, -1.0 / 1307674368000);
    const double cosine = polynomial(z, 1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600,
                                     -1.0 / 87178291200, 1.0 / 20922789888000);
    return {1.0 - (0.5 * z - z * z * cosine), x + x * z * sine};
}

}  // namespace
}  // namespace polyagamma
