#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "likelihood/distant.hpp"
#include "likelihood/log_dispersion.hpp"
#include "terms/distant_rows.hpp"

namespace polyagamma {

// Counts that are elsewhere: their log dispersion is here, and moves with k − 1 coefficients.
class DistantNegativeBinomial final : public DistantLikelihood {
  public:
    DistantNegativeBinomial(DistantRows& rows, std::size_t n, std::size_t k, LogDispersion dispersion)
        : DistantLikelihood(n, 1, false), rows_(rows), k_(k), dispersion_(std::move(dispersion)) {}

    std::unique_ptr<Likelihood> for_chain() const override {
        return std::make_unique<DistantNegativeBinomial>(rows_, rows(), k_, dispersion_);
    }
    std::size_t extras() const override { return 1; }
    double log_density_of_extras(const double* z, double* of_z) const override {
        return dispersion_.log_density(*z, of_z);
    }
    void curvature_of_extras(const double* z, const double* u, double* curvature) const override;
    const Warp* warp() const override { return &dispersion_.warp(); }
    void set_warp(const Warp& warp) override { dispersion_.set_warp(warp); }
    void update_extras(const double* u, double* z, BitGen& bitgen) override;

  private:
    DistantRows& rows_;
    std::size_t k_;
    LogDispersion dispersion_;
};

}  // namespace polyagamma
