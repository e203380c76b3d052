#pragma once

#include <cstddef>

#include "likelihood/sites.hpp"
#include "linalg/aligned.hpp"

namespace polyagamma {

// The log-likelihood of latent functions less that of the Gaussian surrogate.
class Excess {
  public:
    virtual ~Excess() = default;
    // Its value at g, and its gradient there.
    virtual double differentiate(const double* g, double* gradient) = 0;
};

// That of binomial rows.
class LogisticExcess final : public Excess {
  public:
    explicit LogisticExcess(std::size_t n);
    // `surrogate` must outlive what follows, and may change.
    void set(const GaussianSites& surrogate, const LatentRows& rows);
    double differentiate(const double* g, double* gradient) override;

  private:
    std::size_t n_;
    const GaussianSites* surrogate_ = nullptr;
    Vector b_, kappa_, offset_, eta_;  // (n,), padded to whole panels
};

}  // namespace polyagamma
