#pragma once

#include <cstddef>
#include <utility>

#include "linalg/aligned.hpp"
#include "linalg/dense.hpp"
#include "linalg/status.hpp"
#include "mcmc/split_hmc.hpp"
#include "random/bitgen.hpp"
#include "random/normals.hpp"

namespace polyagamma {

// Where a chain is: standard normal coordinates u of a Gaussian surrogate, the point x that they stand for,
// what the rows say there; and what they say at a proposal. Rows have `excess`, R over the surrogate's, and
// `gradient`, ∂R/∂x.
template <class Rows>
struct ExcessPlace {
    Vector &u, &x;
    Rows &rows, &proposed;
};

// A trajectory of u: −log density ½‖u‖² − R(x(u)); see `leapfrog`. A space has
//     void point(const double* u, double* x)
//     void pull_back(double* h)                     a derivative in x becomes one in u
//     void evaluate(const Vector& x, bool last)     the proposal's rows; at the last step R too
template <class Rows, class Space>
class ExcessMotion {
  public:
    // `angle`: of its rotations; `level`: uniform in (0, 1), to be compared with the probability.
    ExcessMotion(Space space, ExcessPlace<Rows> place, BitGen& bitgen, double angle, double level)
        : space_(space),
          place_(place),
          bitgen_(bitgen),
          angle_(angle),
          level_(level),
          u_(place.u),
          v_(u_.size()),
          x_(u_.size()),
          gradient_(place.rows.gradient) {}

    Status start() {
        fill_normals(bitgen_, v_.data(), v_.size());
        energy_ = energy(place_.rows);
        space_.pull_back(gradient_.data());
        return {};
    }
    void kick(double share) {
        for (std::size_t i = 0; i < v_.size(); ++i) v_[i] += share * angle_ * gradient_[i];
    }
    void rotate() {
        const Rotation rotation(angle_);
        for (std::size_t i = 0; i < v_.size(); ++i) rotation.turn(u_[i], v_[i]);
    }
    Status differentiate(bool last) {
        space_.point(u_.data(), x_.data());
        space_.evaluate(x_, last);
        gradient_ = place_.proposed.gradient;
        space_.pull_back(gradient_.data());
        return {};
    }
    void accept() {
        acceptance_ = acceptance_probability(energy(place_.proposed) - energy_);
        if (!(level_ < acceptance_)) return;
        std::swap(place_.u, u_);
        std::swap(place_.x, x_);
        std::swap(place_.rows, place_.proposed);
    }
    double acceptance() const { return acceptance_; }

  private:
    double energy(const Rows& rows) const {
        return 0.5 * (dot(u_.data(), u_.data(), u_.size()) + dot(v_.data(), v_.data(), v_.size())) -
               rows.excess;
    }

    Space space_;
    const ExcessPlace<Rows> place_;
    BitGen& bitgen_;
    const double angle_, level_;
    Vector u_, v_, x_, gradient_;
    double energy_ = 0.0, acceptance_ = 0.0;
};

}  // namespace polyagamma
