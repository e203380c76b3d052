#pragma once

#include <algorithm>
#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/function_hmc.hpp"
#include "random/normals.hpp"
#include "terms/term.hpp"

namespace polyagamma {

// ν and g on the term's current side, conditioned on the surrogate. `noise`: memory for the term's.
class TermPosterior final : public SitesPosterior {
  public:
    TermPosterior(Term& term, const PseudoData& rows, double* noise)
        : term_(term), rows_(rows), noise_(noise), mean_(size()) {}

    Status find_mean() {
        std::fill_n(noise_, term_.noise_size(), 0.0);
        return term_.draw(Side::current, rows_, noise_, mean_.data(), mean_.data() + term_.whitened_size());
    }

    std::size_t size() const override { return term_.whitened_size() + term_.n_rows(); }
    const double* mean() const override { return mean_.data(); }
    Status covariance_product(const double* h, double* out) override {
        return term_.covariance_product(Side::current, rows_, h, out, out + term_.whitened_size());
    }
    Status draw_momentum(BitGen* const* bitgens, double* out) override {
        fill_normals(**bitgens, noise_, term_.noise_size());
        const Status result = term_.draw(Side::current, rows_, noise_, out, out + term_.whitened_size());
        for (std::size_t i = 0; i < mean_.size(); ++i) out[i] -= mean_[i];
        return result;
    }

  private:
    Term& term_;
    const PseudoData rows_;
    double* noise_;
    Vector mean_;
};

}  // namespace polyagamma
