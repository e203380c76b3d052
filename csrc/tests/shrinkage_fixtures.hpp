#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "terms/noncentered_shrinkage.hpp"
#include "tests/model_fixtures.hpp"

// A horseshoe with one group and a sampled slab, and the joint law of its coordinates.
namespace fixtures {

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kTau0 = 0.7;
inline constexpr polyagamma::ShrinkagePrior::Slab kSlab{1.5, 4.0};

// z, log λ, log τ and log c.
inline polyagamma::Vector draw_coordinates(const polyagamma::NoncenteredShrinkage& prior, Generator& random) {
    polyagamma::Vector q(prior.size());
    const auto half_cauchy = [&] { return std::fabs(std::tan(kPi * (random.uniform() - 0.5))); };
    for (std::size_t j = 0; j < prior.coefficients(); ++j) q[j] = random.normal();
    for (std::size_t i = 0; i < prior.centred().shrunk().size(); ++i)
        q[prior.local_place(i)] = std::log(half_cauchy());
    q[prior.tau_place(0)] = std::log(kTau0 * half_cauchy());
    double square = 0.0;  // of chi-squared, 4 degrees
    for (int k = 0; k < 4; ++k) {
        const double normal = random.normal();
        square += normal * normal;
    }
    q[prior.size() - 1] = 0.5 * std::log(kSlab.degrees * kSlab.scale * kSlab.scale / square);
    return q;
}

// Means of functions of z and λ of the coefficients that are shrunk over draws, against those of their law.
class CoordinateMeans {
  public:
    void add(const polyagamma::NoncenteredShrinkage& prior, const polyagamma::Vector& q) {
        const std::vector<std::size_t>& shrunk = prior.centred().shrunk();
        polyagamma::Vector uniform(shrunk.size()), z(shrunk.size());
        next_ = 0;
        count_ += 1.0;
        for (std::size_t i = 0; i < shrunk.size(); ++i) {
            uniform[i] = 2.0 / kPi * std::atan(std::exp(q[prior.local_place(i)]));
            z[i] = q[shrunk[i]];
            note(uniform[i], 0.5);
            note(uniform[i] * uniform[i], 1.0 / 3.0);
            note(z[i], 0.0);
            note(z[i] * z[i], 1.0);
            note(z[i] * z[i] * uniform[i], 0.5);
        }
        for (std::size_t i = 0; i + 1 < shrunk.size(); ++i) {
            note(uniform[i] * uniform[i + 1], 0.25);
            note(z[i] * z[i + 1], 0.0);
            note(z[i] * z[i + 1] * uniform[i], 0.0);
        }
    }
    std::size_t size() const { return sums_.size(); }
    // How many standard errors a mean is off.
    double score(std::size_t f) const {
        const double mean = sums_[f].value / count_, square = sums_[f].square / count_;
        return (mean - sums_[f].expected) / std::sqrt((square - mean * mean) / count_);
    }

  private:
    struct Sum {
        double value = 0.0, square = 0.0, expected = 0.0;
    };
    void note(double value, double expected) {
        if (next_ == sums_.size()) sums_.push_back({0.0, 0.0, expected});
        sums_[next_].value += value;
        sums_[next_++].square += value * value;
    }

    std::vector<Sum> sums_;
    std::size_t next_ = 0;
    double count_ = 0.0;
};

}  // namespace fixtures
