#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "terms/local_scale.hpp"
#include "terms/shrinkage_prior.hpp"

namespace polyagamma {

// What rows say of each coefficient γ, the others out: e^{hγ − ½aγ²}.
struct ColumnPseudoData {
    Vector precision, linear;  // a, h
};

// Places of log λ that laws are tabulated at, the same whatever τ is, and the prior's density there. They
// reach as far as λ is likely to be; beyond, where data hold log τλ and τ is small.
class ScaleGrid {
  public:
    ScaleGrid(const LocalScale& local, double tau0);

    static constexpr std::size_t kNodes = 64;
    bool inside(double log_lambda) const { return log_lambda > low_ && log_lambda < high_; }
    double low() const { return low_; }
    double step() const { return (high_ - low_) / (kNodes - 1); }
    double node(std::size_t k) const { return low_ + step() * static_cast<double>(k); }
    const Vector& prior() const { return prior_; }

  private:
    double low_, high_;
    Vector prior_;
};

// Laws of t = log λ_j of some columns given τ and pseudo-data of each of them alone, its coefficient
// integrated out: densities
//     f_j(t) ∝ p(t) (1 + va)^{−½} e^{½vh²/(1 + va)},    v the variance that τ e^t makes,
// inside a grid, and linear between its nodes, so that distribution functions F_j and their inverses have
// closed forms.
class ScaleLaws {
  public:
    // With the prior's present τ and slab.
    ScaleLaws(const ScaleGrid& grid, const ShrinkagePrior& prior, const std::vector<std::size_t>& columns,
              const ColumnPseudoData& data);

    // Of the c-th column, at t inside the grid.
    double log_density(std::size_t c, double t) const;
    double probability(std::size_t c, double t) const;
    double quantile(std::size_t c, double probability) const;

  private:
    // The cell of t, and where in it.
    struct Place {
        std::size_t cell;
        double share;
    };
    Place place(double t) const;
    void normalise(std::size_t c);

    double low_, step_;
    Vector density_, distribution_;  // (columns, nodes)
};

}  // namespace polyagamma
