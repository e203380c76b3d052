#include <algorithm>
#include <cmath>

#include "math/elementary.hpp"
#include "math/exponential_integral.hpp"
#include "random/variates.hpp"
#include "terms/local_scale.hpp"

namespace polyagamma {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kLeast = 1e-200;  // of b, below which nothing depends on it

// F(b, r) = ∫₀^∞ √(1 + r²/x) e^{−bx} / (1 + x) dx over x = 1/λ²; with x = r² sinh²q it is
//     2r² ∫₀^∞ cosh²q e^{−b r² sinh²q} / (1 + r² sinh²q) dq,
// whose integrand is even, and analytic and bounded for |Im q| < π/4 (beyond it grows with Re q) and <
// asin(1/r) (where it has a pole): the trapezoidal rule of step h has a relative error of e^{−2π·that/h},
// kept below 1e-9.
// Nodes are done side by side, as compilers make vectors of.
double log_slab_integral(double b, double r) {
    constexpr double kDigits = 23.0, kTail = 30.0;
    constexpr int kLanes = 8;
    const double square = r * r, strip = std::asin(std::min(std::sqrt(0.5), 1.0 / r));
    const double h = 2.0 * kPi * strip / kDigits / (1.0 + 2.0 * std::sqrt(std::max(0.0, b * square - 1.0)));
    double powers[kLanes], sums[kLanes] = {}, t[kLanes];  // e^q
    for (int lane = 0; lane < kLanes; ++lane) powers[lane] = std::exp((lane + 1) * h);
    const double factor = powers[kLanes - 1];
    do {
        for (int lane = 0; lane < kLanes; ++lane) {
            const double sinh = 0.5 * (powers[lane] - 1.0 / powers[lane]), sinh_square = sinh * sinh;
            t[lane] = square * sinh_square;
            sums[lane] += (1.0 + sinh_square) / (1.0 + t[lane]) * exponential_of_moderate(-b * t[lane]);
            powers[lane] *= factor;
        }
    } while (b * t[kLanes - 1] < kTail);
    double sum = 0.5;
    for (const double part : sums) sum += part;
    return std::log(2.0 * square * h * sum);
}

// x = 1/λ² from the density ∝ √(1 + r²/x) e^{−bx} / (1 + x), by rejection: √(1 + r²/x) ≤ 1 + r/√x splits it
// into two parts with envelopes of their own.
class InverseSquare {
  public:
    InverseSquare(double b, double r) : b_(b), r_(r) {
        if (b >= 1.0) {
            first_ = 1.0 / b;
            slab_ = r * std::sqrt(kPi / b);
        } else {
            near_ = std::log1p(1.0 / b);
            first_ = near_ + std::exp(-1.0) / (1.0 + b);
            slab_ = r * kPi;
        }
    }

    double draw(BitGen& bitgen) const {
        for (;;) {
            const double part = uniform_variate(bitgen) * (first_ + slab_);
            double x, accept;
            part < first_ ? propose(bitgen, part, x, accept) : propose_of_slab(bitgen, x, accept);
            if (r_ > 0.0) accept *= std::sqrt(1.0 + r_ * r_ / x) / (1.0 + r_ / std::sqrt(x));
            if (uniform_variate(bitgen) < accept) return x;
        }
    }

  private:
    // Of e^{−bx}/(1 + x): 1/(1 + x) up to 1/b, and an exponential beyond.
    void propose(BitGen& bitgen, double part, double& x, double& accept) const {
        if (b_ >= 1.0) {
            x = exponential_variate(bitgen) / b_;
            accept = 1.0 / (1.0 + x);
        } else if (part < near_) {
            x = std::expm1(uniform_variate(bitgen) * near_);
            accept = std::exp(-b_ * x);
        } else {
            x = (1.0 + exponential_variate(bitgen)) / b_;
            accept = (1.0 + 1.0 / b_) / (1.0 + x);
        }
    }
    // Of r x^{−½} e^{−bx}/(1 + x).
    void propose_of_slab(BitGen& bitgen, double& x, double& accept) const {
        if (b_ >= 1.0) {
            const double normal = normal_variate(bitgen);
            x = normal * normal / (2.0 * b_);
            accept = 1.0 / (1.0 + x);
        } else {
            const double cauchy = std::tan(kPi * (uniform_variate(bitgen) - 0.5));
            x = cauchy * cauchy;
            accept = std::exp(-b_ * x);
        }
        x = std::max(x, kLeast);
    }

    double b_, r_, near_ = 0.0, first_, slab_;
};

class HorseshoeScale final : public LocalScale {
  public:
    double log_marginal(double b, double r) const override {
        b = std::max(b, kLeast);
        return r > 0.0 ? log_slab_integral(b, r) : std::log(scaled_exponential_integral(b));
    }
    double draw_square(double b, double r, BitGen& bitgen) const override {
        return 1.0 / InverseSquare(std::max(b, kLeast), r).draw(bitgen);
    }
    double log_density(double log_lambda) const override {
        // log λ − log(1 + λ²), which is even.
        const double x = std::fabs(log_lambda);
        return -x - std::log1p(std::exp(-2.0 * x));
    }
    void slopes(double* square, std::size_t count) const override {
        for (std::size_t i = 0; i < count; ++i) square[i] = 2.0 / (1.0 + square[i]) - 1.0;
    }
};

}  // namespace

std::shared_ptr<const LocalScale> horseshoe_scale() {
    return std::make_shared<HorseshoeScale>();
}

}  // namespace polyagamma
