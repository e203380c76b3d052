#include <algorithm>
#include <cmath>
#include <limits>

#include "random/variates.hpp"
#include "terms/local_scale.hpp"

namespace polyagamma {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kLeast = 1e-200;  // of b

class UnitScale final : public LocalScale {
  public:
    double log_marginal(double b, double) const override { return -b; }
    double draw_square(double, double, BitGen&) const override { return 1.0; }
    double log_density(double) const override { return 0.0; }
    void slopes(double* square, std::size_t count) const override {
        for (std::size_t i = 0; i < count; ++i) square[i] = 0.0;
    }
    bool fixed() const override { return true; }
};

// A mixture of normals (Park and Casella 2008, JASA 103, 681, section 2): 1/λ² given x is inverse Gaussian
// with mean 1/|x| and shape 1, drawn as by Michael, Schucany and Haas (1976, The American Statistician 30,
// 88), the smaller root without cancellation.
class LaplaceScale final : public LocalScale {
  public:
    double log_marginal(double b, double) const override { return -std::sqrt(2.0 * b); }
    double draw_square(double b, double, BitGen& bitgen) const override {
        const double mean = 1.0 / std::sqrt(2.0 * std::max(b, kLeast));
        const double normal = normal_variate(bitgen), w = mean * normal * normal;
        const double root = 2.0 / (2.0 + w + std::sqrt(w * w + 4.0 * w));  // of the mean
        return (uniform_variate(bitgen) < 1.0 / (1.0 + root) ? 1.0 / root : root) / mean;
    }
    double log_density(double log_lambda) const override {
        return 2.0 * log_lambda - 0.5 * std::exp(2.0 * log_lambda);
    }
    void slopes(double* square, std::size_t count) const override {
        for (std::size_t i = 0; i < count; ++i) square[i] = 2.0 - square[i];
    }
};

// e^{−|x|^a} is the Laplace transform of a positive stable variable S of index a/2 at x², so that λ² = 1/(2S)
// and, given x, S is stable tilted by e^{−x²S} (Polson, Scott and Windle 2014, J. R. Statist. Soc. B 76, 713,
// section 2.2). A tilted variable is a sum of m such, each of m^{−2/a} S tilted alike and so drawn by
// rejection with probability e^{−|x|^a/m} (Hofert 2011, ACM TOMACS 22(1), 3).
class BridgeScale final : public LocalScale {
  public:
    explicit BridgeScale(double exponent) : index_(0.5 * exponent) {}

    double log_marginal(double b, double) const override { return -std::pow(2.0 * b, index_); }
    double draw_square(double b, double, BitGen& bitgen) const override {
        const double square = 2.0 * b;
        const double pieces = std::max(1.0, std::round(std::pow(square, index_)));
        const double log_share = -std::log(pieces) / index_;
        double sum = 0.0;
        for (double left = pieces; left > 0.0; left -= 1.0) {
            double piece;
            do {
                piece = std::exp(std::clamp(log_share + log_stable(bitgen), -300.0, 300.0));
            } while (exponential_variate(bitgen) < square * piece);
            sum += piece;
        }
        return 0.5 / sum;
    }
    double log_density(double) const override { return std::numeric_limits<double>::quiet_NaN(); }
    void slopes(double* square, std::size_t count) const override {
        for (std::size_t i = 0; i < count; ++i) square[i] = std::numeric_limits<double>::quiet_NaN();
    }
    bool has_density() const override { return false; }

  private:
    // Of a positive stable variable of Laplace transform e^{−s^index} (Kanter 1975, Ann. Probab. 3, 697).
    double log_stable(BitGen& bitgen) const {
        const double u = kPi * uniform_variate(bitgen), rest = 1.0 - index_;
        const double log_a = std::log(std::sin(rest * u)) +
                             (index_ * std::log(std::sin(index_ * u)) - std::log(std::sin(u))) / rest;
        return rest / index_ * (log_a - std::log(exponential_variate(bitgen)));
    }

    double index_;
};

class StudentScale final : public LocalScale {
  public:
    explicit StudentScale(double degrees) : degrees_(degrees) {}

    double log_marginal(double b, double) const override {
        return -0.5 * (degrees_ + 1.0) * std::log1p(2.0 * b / degrees_);
    }
    double draw_square(double b, double, BitGen& bitgen) const override {
        return (0.5 * degrees_ + b) / gamma_variate(0.5 * (degrees_ + 1.0), bitgen);
    }
    double log_density(double log_lambda) const override {
        return -degrees_ * (log_lambda + 0.5 * std::exp(-2.0 * log_lambda));
    }
    void slopes(double* square, std::size_t count) const override {
        for (std::size_t i = 0; i < count; ++i) square[i] = degrees_ * (1.0 / square[i] - 1.0);
    }

  private:
    double degrees_;
};

}  // namespace

std::shared_ptr<const LocalScale> unit_scale() {
    return std::make_shared<UnitScale>();
}

std::shared_ptr<const LocalScale> laplace_scale() {
    return std::make_shared<LaplaceScale>();
}

std::shared_ptr<const LocalScale> bridge_scale(double exponent) {
    return std::make_shared<BridgeScale>(exponent);
}

std::shared_ptr<const LocalScale> student_scale(double degrees) {
    return std::make_shared<StudentScale>(degrees);
}

}  // namespace polyagamma
