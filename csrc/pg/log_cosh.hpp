#pragma once

#include <array>

namespace polyagamma {

// G(s) = log cosh(√s), s > −π²/4 (log cos(√−s) for negative s), is all that PG(h, z) is made of:
//     E exp(−t ω) = exp(−h [G(z²/4 + t/2) − G(z²/4)]),   ω ~ PG(h, z)     (Polson, Scott & Windle 2013, eq.
//     3).
// A point is given by its distance R = s + π²/4 > 0 from the branch point, which keeps full relative
// precision in the right tail of the density, where R → 0.

inline constexpr double kLog2 = 0.69314718055994530942;
inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kBranch = kPi * kPi / 4;

// G at distance R, and at s = v².
double log_cosh(double distance);
double log_cosh_at_root(double v);

// 2 G′(s) = tanh(√s)/√s at distance R, and at s = v².
double tanhc(double distance);
double tanhc_at_root(double v);

// 1 − tanh(v)/v for 0 <= v <= 1, accurate to a few units in the last place of the result.
double tanhc_deficit(double v);

// The distance R at which tanhc(R) = value (relative error about 1e-12); value > 0.
double inverse_tanhc(double value);

// The Taylor expansion of G about one point. From G(s) = Σ_k log(1 + s/a_k), a_k = (k − ½)²π², with
// C_n = Σ_k [R/(s + a_k)]ⁿ > 0 follows G(s + rR) = G(s) − Σ_{n>=1} (−1)ⁿ C_n rⁿ/n, which converges for |r|
// < 1.
class LogCoshExpansion {
  public:
    static constexpr int kOrder = 24;

    // About the point at this distance; C_n has relative error below 1e-13 for n <= 4.
    explicit LogCoshExpansion(double distance);

    double distance() const { return distance_; }
    double power_sum(int n) const { return c_[static_cast<std::size_t>(n)]; }

    // D(r) = G(s) + G′(s) rR − G(s + rR) = Σ_{n>=2} (−1)ⁿ C_n rⁿ/n, real or complex r.
    // The terms beyond kOrder are below |r|^25/25.
    template <class Number>
    Number divergence(Number r) const {
        Number sum = 0.0;
        for (int n = kOrder; n >= 2; --n) sum = -r * sum + power_sum(n) / n;
        return sum * r * r;
    }

    // D′(r) = R [G′(s) − G′(s + rR)].
    double divergence_slope(double r) const;

  private:
    void sum_directly(double s);
    void recur(double s);
    void take_closed_forms(double s);
    void take_square_root(double s);

    double distance_;
    std::array<double, kOrder + 1> c_;
};

}  // namespace polyagamma
