#pragma once

#include <algorithm>
#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/function_hmc.hpp"
#include "random/normals.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// ν and g on the block's current side, conditioned on the surrogate. `noise`: memory for the block's.
class TermPosterior final : public SitesPosterior {
  public:
    TermPosterior(Term& block, const PseudoData& rows, double* noise)
        : block_(block), rows_(rows), noise_(noise), mean_(size()) {}

    Status find_mean() {
        std::fill_n(noise_, block_.noise_size(), 0.0);
        return block_.draw(Side::current, rows_, noise_, mean_.data(), mean_.data() + block_.whitened_size());
    }

    std::size_t size() const override { return block_.whitened_size() + block_.n_rows(); }
    const double* mean() const override { return mean_.data(); }
    Status covariance_product(const double* h, double* out) override {
        return block_.covariance_product(Side::current, rows_, h, out, out + block_.whitened_size());
    }
    Status draw_momentum(BitGen* const* bitgens, double* out) override {
        fill_normals(**bitgens, noise_, block_.noise_size());
        const Status result = block_.draw(Side::current, rows_, noise_, out, out + block_.whitened_size());
        for (std::size_t i = 0; i < mean_.size(); ++i) out[i] -= mean_[i];
        return result;
    }

  private:
    Term& block_;
    const PseudoData rows_;
    double* noise_;
    Vector mean_;
};

}  // namespace polyagamma
