#pragma once

#include <array>
#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// Points cost a log ratio each, and two draws more than one point however many they are. On the wine data
// with 30 inducing points 8 gave the most effective draws of kernel parameters for their time, compared with
// 4, and with 4 independent noises, which take a draw each.
constexpr std::size_t kCirclePoints = 8;

// Two noises of a term.
struct NoisePair {
    Vector first, second;
};

// ν and g of a term where its noise is u cos φ + v sin φ, at equally spaced φ: they are affine in the noise,
// so that three draws tell of all.
class NoiseCircle {
  public:
    // On a side last conditioned on the pseudo-data.
    Status draw(Term& term, Side side, const PseudoData& rows, const NoisePair& noise);
    // The same where the first noise is known to make `at_first`.
    Status draw(Term& term, Side side, const PseudoData& rows, const NoisePair& noise, Latent at_first);

    // Finds log_ratio(g) of every point.
    template <class LogRatio>
    void weigh(const LogRatio& log_ratio) {
        for (std::size_t point = 0; point < kCirclePoints; ++point) {
            at_point(point, g_, point_);
            log_ratios_[point] = log_ratio(point_.data());
        }
    }
    // The log of the mean of their exponentials.
    double log_mean() const;
    // The point that a uniform number in (0, 1) chooses in proportion to these.
    void choose(double uniform, Latent chosen) const;

  private:
    // Where there is no noise; and, less that, at the two noises.
    struct Ellipse {
        Vector centre, first, second;
    };
    Status draw_rest(Term& term, Side side, const PseudoData& rows, const NoisePair& noise);
    double weight(std::size_t point) const;
    static void at_point(std::size_t point, const Ellipse& ellipse, Vector& out);

    Ellipse whitened_, g_;
    std::array<double, kCirclePoints> log_ratios_{};
    Vector point_;
};

}  // namespace polyagamma
