#include "pg/contour.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include "pg/log_cosh.hpp"

namespace polyagamma {
namespace {

using Complex = std::complex<double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// exp(−kDigits) is the relative error aimed at in truncation and in discretisation.
constexpr double kDigits = 34.0;

// With A = 2xσ² the integrand is about a Gaussian in p/σ of precision 4A. For small A the step, which is in
// proportion to σ, would be short: below kLowest the vertex moves right.
constexpr double kLowest = 2.0;

// From this A on the exponent comes from its Taylor expansion about the vertex, which stays accurate for any
// h; below, the rounding error of the plain exponent is about A ulp.
constexpr double kTaylor = 500.0;

// Exponents below count as −∞: there z² or x is about to overflow.
constexpr double kLeastExponent = -1e290;

// Where the contour crosses the real axis, and the exponent
//     t x − h [G(z²/4 + t/2) − G(z²/4)],   t = 2(p² − p_z²),   p_z² = z²/4 + π²/4,
// at that point.
struct Vertex {
    double distance;   // σ²
    double offset;     // σ² − p_z², kept apart because it is far more precise than the difference
    double exponent;   // at the vertex
    double precision;  // A
};

// 2(x − mean of PG(h, 2w)) without cancellation of the leading digits.
double twice_deviation(double x, double h, double w) {
    if (w < 1.0) return 2.0 * (x - h / 4) + h / 2 * tanhc_deficit(w);
    return (std::fma(4 * w, x, -h) + 2 * h / (std::exp(2 * w) + 1)) / (2 * w);
}

// h times (G(s) − G(w²)) by plain subtraction.
double scaled_rise(double h, double distance, double w) {
    return h * (log_cosh(distance) - log_cosh_at_root(w));
}

// Whether h times the remainder of the Taylor expansion is below 1e-14; else the exponent is either larger
// than h/50, so that its relative error is small anyway, or h is so small that its absolute error is.
bool expansion_reaches(double r, double h) {
    return h * std::pow(std::fabs(r), LogCoshExpansion::kOrder + 1) < 1e-14 * LogCoshExpansion::kOrder;
}

Vertex find_vertex(double x, double h, double w) {
    const double pole = w * w + kBranch;
    Vertex vertex{};
    vertex.distance = std::max(inverse_tanhc(std::min(4 * x / h, 1e300)), kLowest / (2 * x));
    vertex.offset = vertex.distance - pole;
    vertex.precision = 2 * x * vertex.distance;
    if (vertex.precision < kTaylor || !expansion_reaches(vertex.offset / pole, h)) {
        vertex.exponent = 2 * x * vertex.offset - scaled_rise(h, vertex.distance, w);
        return vertex;
    }
    const LogCoshExpansion mean(pole);
    const double deviation = twice_deviation(x, h, w);
    double r = vertex.offset / pole;
    for (int i = 0; i < 2; ++i) {  // Newton's method for the saddlepoint, from a start that is good to 1e-7
        const double residual = deviation * pole + h * mean.divergence_slope(r);
        r -= residual / (h * mean.power_sum(2) / (1 + r));
    }
    vertex.offset = r * pole;
    vertex.distance = pole + vertex.offset;
    vertex.exponent = deviation * vertex.offset + h * mean.divergence(r);
    return vertex;
}

// log cosh v and tanh(v)/v at v = √(p² − π²/4), Re p > 0, Im p > 0.
struct Node {
    Complex log_cosh;
    Complex tanhc;
};

Node evaluate(Complex square) {
    const Complex theta = std::sqrt(kBranch - square);  // v = iθ, Re θ > 0 > Im θ
    const double growth = -theta.imag();                // Re v
    const double phase = theta.real();                  // Im v
    if (growth > 19.0) return {Complex(growth - kLog2, phase), 1.0 / Complex(growth, phase)};
    const Complex u = square / (kPi / 2 + theta);  // cosh v = cos θ = sin u keeps its precision for small p
    const double sin_a = std::sin(u.real()), cos_a = std::cos(u.real());  // u = a + ib
    const double sinh_b = std::sinh(u.imag()), cosh_b = std::sqrt(1 + sinh_b * sinh_b);
    const Complex sine(sin_a * cosh_b, cos_a * sinh_b);
    const double wrapped = std::atan2(sine.imag(), sine.real());  // within π/2 of Im v, up to full turns
    const double turns = std::round((phase - wrapped) / (2 * kPi));
    const Complex log_sine(std::log(std::abs(sine)), wrapped + 2 * kPi * turns);
    return {log_sine, Complex(cos_a * cosh_b, -sin_a * sinh_b) / (theta * sine)};
}

Complex expm1(Complex a) {
    const double half = std::sin(a.imag() / 2);
    return {std::expm1(a.real()) * std::cos(a.imag()) - 2 * half * half,
            std::exp(a.real()) * std::sin(a.imag())};
}

// The midpoint rule on the contour.
class Contour {
  public:
    Contour(double x, double h, double w)
        : x_(x), h_(h), w_(w), vertex_(find_vertex(x, h, w)), sigma_(std::sqrt(vertex_.distance)) {
        // A bound of the integrand d left of the vertex, r = d/σ: exp(A(r² − 2r) − 2A log(1 − r)), exact for
        // a gamma density. The rule's error is this times exp(−2πd/step), to be minimised over d; 2πσ/step =
        // frequency_ makes the minimum exp(−kDigits) (fitted from above for all A >= kLowest).
        frequency_ = 1.1 * std::sqrt(kDigits * (kDigits + 8 * vertex_.precision));
        step_ = 2 * kPi * sigma_ / frequency_;
    }

    const Vertex& vertex() const { return vertex_; }
    bool is_empty() const { return !(vertex_.exponent > kLeastExponent); }
    bool is_taylor() const { return vertex_.precision >= kTaylor; }

    // 1/(2πi) ∫ integrand dt, where `integrand(p, Δ)`, Δ = p² − σ², lacks the factor exp(vertex().exponent).
    template <class Integrand>
    double integrate(Integrand integrand) const {
        constexpr int kMostNodes = 400;
        double sum = 0.0;
        double largest = 0.0;
        for (int j = 0; j < kMostNodes; ++j) {
            const Complex p(sigma_, (j + 0.5) * step_);
            const Complex delta(-p.imag() * p.imag(), 2 * p.real() * p.imag());
            const Complex value = integrand(p, delta) * p;
            const double size = std::fabs(value.real()) + std::fabs(value.imag());
            sum += value.real();
            largest = std::max(largest, size);
            if (size < 1e-16 * largest) break;
        }
        return 4 / kPi * step_ * sum;  // dt = 4 i p dη, and the lower half of the contour is the conjugate
    }

    // exp(exponent at p − exponent at the vertex) by the Taylor expansion about the vertex, which is the
    // saddlepoint to double precision.
    template <class Weight>
    double integrate_taylor(Weight weight) const {
        const LogCoshExpansion expansion(vertex_.distance);
        return integrate([&](Complex, Complex delta) {
            const Complex exponent = h_ * expansion.divergence(delta / vertex_.distance);
            return std::exp(exponent) * weight(delta);
        });
    }

    // The same by plain evaluation.
    template <class Weight>
    double integrate_plainly(Weight weight) const {
        const double at_vertex = log_cosh(vertex_.distance);
        return integrate([&](Complex p, Complex delta) {
            const Node node = evaluate(p * p);
            return std::exp(2 * x_ * delta - h_ * (node.log_cosh - at_vertex)) * weight(delta, node);
        });
    }

    // 1/(2πi) ∫ exp(tx) [E exp(−tω) − 1]/t dt: minus the survival function, without a pole at t = 0 and in
    // proportion to h for h → 0. A constant in place of the 1 gives the same if the pole is right of the
    // contour, and one that is less prone to rounding if it is far away.
    double integrate_centred() const {
        const double at_vertex = log_cosh(vertex_.distance);
        const bool is_far = pole() > 2.5 * sigma_;
        const double subtracted = is_far ? 0.0 : std::expm1(scaled_rise(h_, vertex_.distance, w_));
        return integrate([&](Complex p, Complex delta) {
            const Complex transform = expm1(-h_ * (evaluate(p * p).log_cosh - at_vertex));
            return std::exp(2 * x_ * delta) * (transform - subtracted) / (2.0 * (vertex_.offset + delta));
        });
    }

    // What the midpoint rule misses of the integral because of the pole at t = 0 (residue 1): ±1/(1 +
    // e^{2πd/step}) for a pole at distance d, divided by exp(exponent at the vertex).
    double pole_correction() const {
        const double d = std::fabs(vertex_.offset) / (sigma_ + pole());
        const double ratio = frequency_ / (4 * vertex_.precision);
        const double reach = sigma_ * (1 + ratio - std::sqrt(1 + ratio * ratio));  // the minimising d
        if (d > reach) return 0.0;
        const double turns = 2 * kPi * d / step_;
        return std::exp(-turns - std::log1p(std::exp(-turns)) - vertex_.exponent);
    }

  private:
    double pole() const { return std::sqrt(w_ * w_ + kBranch); }  // p at t = 0

    double x_;
    double h_;
    double w_;
    Vertex vertex_;
    double sigma_;
    double frequency_;
    double step_;
};

}  // namespace

double contour_log_density(double x, double h, double z) {
    const Contour contour(x, h, z / 2);
    if (contour.is_empty()) return -kInfinity;
    if (contour.is_taylor()) {
        return contour.vertex().exponent + std::log(contour.integrate_taylor([](Complex) { return 1.0; }));
    }
    // By parts, x f(x) = h/(2πi) ∫ exp(tx) E exp(−tω) tanh(v)/(4v) dt: without cancellation for h → 0.
    const double value =
        contour.integrate_plainly([](Complex, const Node& node) { return node.tanhc / 4.0; });
    return contour.vertex().exponent + std::log(h) - std::log(x) + std::log(value);
}

LogTail contour_log_tail(double x, double h, double z) {
    const Contour contour(x, h, z / 2);
    const Vertex& vertex = contour.vertex();
    if (contour.is_empty()) return {-kInfinity, vertex.offset > 0.0};
    if (h <= 1.0) return {vertex.exponent + std::log(-contour.integrate_centred()), false};
    const auto inverse_t = [&](Complex delta) { return 1.0 / (2.0 * (vertex.offset + delta)); };
    const double integral =
        contour.is_taylor()
            ? contour.integrate_taylor(inverse_t)
            : contour.integrate_plainly([&](Complex delta, const Node&) { return inverse_t(delta); });
    const bool lower = vertex.offset > 0.0;
    const double tail = (lower ? integral : -integral) + contour.pole_correction();
    return {vertex.exponent + std::log(tail), lower};
}

}  // namespace polyagamma
