#pragma once

#include <cmath>
#include <cstdint>

#include "math/elementary.hpp"
#include "pg/correction.hpp"
#include "random/block_stream.hpp"
#include "random/normal.hpp"

// Method 2: PG(b, c) for every b > 0 and c ≥ 0 from one inverse-Gaussian envelope. The PG(b, c) density is
//     [Lévy density of scale b²/4] · e^{−c²ω/2} · e^{R_b(ω)} · const,
// and R_b is concave. A tangent of R_b majorises it, and tangent, tilt and Lévy density together are
// an inverse Gaussian: with s = −R_b'(ω*) it has the shape λ = b²/4 and the mean μ = b / (2 sqrt(c² + 2s)),
// and ω is accepted with probability exp(R_b(ω) − R_b(ω*) + s(ω − ω*)), on average at least sqrt(2/3).
//
// Three ways to put the same envelope to use:
// - bare, c ≥ 16 and b ≤ 1024: the tangent at ω = 0, whose slope is 0; acceptance (1 + e^{−c})^{−b};
// - tangent, other b ≤ 2^20: the tangent at ω* a little above the mean;
// - local, b > 2^20: R_b(ω) would be a difference of large numbers and is expanded about the mean instead.
// Single draws and the block loops of simd/levels/inverse_gaussian_block.cpp share all arithmetic.
namespace polyagamma {
namespace {

enum class EnvelopeKind { bare, tangent, local };

inline constexpr double kBareMinTilt = 16.0;
inline constexpr double kBareMaxShape = 1024.0;
inline constexpr double kTangentMaxShape = 0x1p20;

inline EnvelopeKind envelope_kind(double b, double c) {
    if (b > kTangentMaxShape) return EnvelopeKind::local;
    return c >= kBareMinTilt && b <= kBareMaxShape ? EnvelopeKind::bare : EnvelopeKind::tangent;
}

// Mean of PG(b, c): b tanh(c/2) / (2c), to 3 ulp.
inline double pg_mean(double b, double c) {
    const double at = c > 0x1p-30 ? c : 0x1p-30;  // there the mean is b/4 to 20 digits
    const double e = exponential_minus_one(-at);
    return 0.5 * b * (-e / (2.0 + e)) / at;
}

// An inverse-Gaussian variate as a multiple of its mean.
struct MeanRatio {
    double ratio;
    double deviation;  // ratio − 1 without its rounding
};

// Michael, Schucany and Haas (1976), The American Statistician 30(2), 88. `root` is sqrt(μ/(2λ)). The product
// of the two roots of their quadratic is 1, and so the small one is had without cancellation.
inline MeanRatio inverse_gaussian_ratio(double root, double normal, double u) {
    const double w = root * std::fabs(normal);
    const double a = w * w;
    const double excess = a + w * std::sqrt(a + 2.0);
    const double larger = 1.0 + excess;
    const double smaller = 1.0 / larger;
    const bool take_smaller = u * (1.0 + smaller) < 1.0;
    return {take_smaller ? smaller : larger, take_smaller ? -excess * smaller : excess};
}

// An envelope of the kind `bare` or `tangent`.
struct Envelope {
    double mean;
    double root;   // sqrt(mean/(2·shape))
    double slope;  // s
    double level;  // R_b(ω*) − b log 2 + s ω*
};

inline Envelope bare_envelope(double b, double c) {
    return {0.5 * b / c, std::sqrt(1.0 / (b * c)), 0.0, 0.0};
}

// Tangent point: the mean and a little more, which keeps the acceptance above sqrt(2/3) for small b as well.
inline double tangent_point(double b, double c) {
    const double y = pg_mean(1.0, c);
    return y * (b + 0.96 * y);
}

// A point at which R_b is needed. Beyond the table the acceptance is below e^{−60}, less than any uniform; it
// is taken at the table's end.
struct Point {
    double omega;
    CorrectionPlace place;
};

inline Point make_point(double omega, CorrectionScale scale) {
    const double last = kCorrectionMaxX * scale.b_plus_one;
    const double inside = omega < last ? omega : last;
    return {inside, correction_place(inside * scale.eps)};
}

inline CorrectionPolynomial polynomial_at(const Point& point, CorrectionScale scale) {
    return correction_polynomial(correction_piece(point.place), scale);
}

// The envelope that touches at `point`; p is the polynomial of R_b there.
inline Envelope tangent_envelope(double b, double c, const Point& point, double eps,
                                 const CorrectionPolynomial& p) {
    const double steepness = -slope(p, point.place.t) * point.place.dt_dx * eps;
    const double s = steepness > 0.0 ? steepness : 0.0;
    const double rate = c < 0x1p500 ? std::sqrt(c * c + 2.0 * s) : c;
    return {0.5 * b / rate, std::sqrt(1.0 / (b * rate)), s, value(p, point.place.t) + s * point.omega};
}

// log of the acceptance probability at `point`.
inline double log_acceptance(const Envelope& envelope, const Point& point, const CorrectionPolynomial& p) {
    return value(p, point.place.t) + envelope.slope * point.omega - envelope.level;
}

// For the kind `bare`: a lower bound of the acceptance probability at ω. It is at least 1 − (b + 2)
// exp(−1/(2x)), x = ω/(b + 1), because the series of exp(R_b) alternates and its terms decrease; here x ≤
// 1/16.
inline double bare_squeeze(double b_plus_one, double omega) {
    constexpr double kExpMinus8 = 3.3546262790251185e-4;
    return 16.0 * omega <= b_plus_one ? 1.0 - kExpMinus8 * (b_plus_one + 1.0) : 0.0;
}

// Envelope of the kind `bare` or `tangent`.
inline Envelope make_envelope(double b, double c, CorrectionScale scale) {
    if (envelope_kind(b, c) == EnvelopeKind::bare) return bare_envelope(b, c);
    const Point point = make_point(tangent_point(b, c), scale);
    return tangent_envelope(b, c, point, scale.eps, polynomial_at(point, scale));
}

// log(target/envelope) of the kind `local`, as a polynomial in δ = ω/mean − 1.
struct LocalExpansion {
    double d[kCorrectionTerms];
};

// Coefficients of p(t + τ) in τ, by repeated synthetic division.
inline CorrectionPolynomial shifted(const double* p, double t) {
    CorrectionPolynomial q;
    for (std::size_t j = 0; j < kCorrectionTerms; ++j) q.c[j] = p[j];
    for (std::size_t i = 0; i + 1 < kCorrectionTerms; ++i) {
        for (std::size_t j = kCorrectionTerms - 1; j-- > i;) q.c[j] += t * q.c[j + 1];
    }
    return q;
}

// For b > kTangentMaxShape, with y = pg_mean(1, c). As b grows, R_b(ω) = b A(ω/b) + B(ω/b) + O(1/b); A and
// E_0 are tabulated, and B = E_0 + A − y A' by comparing orders of b with b A(y) + B(y) = (b + 1) A(x) +
// E_0(x), x = ω/(b + 1). The tangent of b·A alone at the mean of PG(b, c) gives an envelope of the very same
// mean, with no s to compute:
//     log(target/envelope) = b [A(y + yδ) − A(y) − A'(y) yδ] + B(y + yδ) − B(y) − margin,
// where the margin covers sup [½ b A'' (yδ)² + B' yδ] = B'²/(2b |A''|). Dropped terms are below 1e-10.
inline LocalExpansion local_expansion(double b, double y) {
    constexpr double kMargin = 1e-7;
    const CorrectionPlace place = correction_place(y);
    const CorrectionPiece& piece = correction_piece(place);
    const CorrectionPolynomial a = shifted(piece.leading, place.t);
    const CorrectionPolynomial e = shifted(piece.remainder[0], place.t);
    const double dt = y * place.dt_dx;  // t − t(y) = dt·δ
    LocalExpansion x;
    x.d[0] = -kMargin;
    x.d[1] = dt * (e.c[1] - 2.0 * dt * a.c[2]);
    double power = dt;
    for (std::size_t j = 2; j < kCorrectionTerms; ++j) {
        const double order = static_cast<double>(j);
        const double next = j + 1 < kCorrectionTerms ? a.c[j + 1] : 0.0;
        power *= dt;
        x.d[j] = power * (b * a.c[j] + (e.c[j] - (order - 1.0) * a.c[j] - (order + 1.0) * dt * next));
    }
    return x;
}

inline double value(const LocalExpansion& x, double deviation) {
    return polynomial(deviation, x.d[0], x.d[1], x.d[2], x.d[3], x.d[4], x.d[5], x.d[6], x.d[7]);
}

template <class Words>
inline MeanRatio draw_ratio(Words& words, double root) {
    const std::uint64_t radius = words.next();
    const std::uint64_t angle = words.next();
    return inverse_gaussian_ratio(root, normal_pair(radius, angle).first, uniform(words.next()));
}

template <class Words>
inline double draw_local(Words& words, double b, double c) {
    const double y = pg_mean(1.0, c);
    const double mean = pg_mean(b, c);
    const double root = std::sqrt(2.0 * y / b);
    const LocalExpansion expansion = local_expansion(b, y);
    for (;;) {
        const MeanRatio r = draw_ratio(words, root);
        if (logarithm(uniform(words.next())) <= value(expansion, r.deviation))
            return mean + mean * r.deviation;
    }
}

// One draw of PG(b, c) for any finite b > 0 and c ≥ 0; Words is any source of 64-bit words with next().
template <class Words>
inline double draw_inverse_gaussian(Words& words, double b, double c) {
    if (envelope_kind(b, c) == EnvelopeKind::local) return draw_local(words, b, c);
    const CorrectionScale scale = correction_scale(b);
    const Envelope envelope = make_envelope(b, c, scale);
    for (;;) {
        const double omega = envelope.mean * draw_ratio(words, envelope.root).ratio;
        const Point point = make_point(omega, scale);
        const double log_u = logarithm(uniform(words.next()));
        if (log_u <= log_acceptance(envelope, point, polynomial_at(point, scale))) return omega;
    }
}

}  // namespace
}  // namespace polyagamma
