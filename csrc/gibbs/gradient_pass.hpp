#pragma once

#include <cstddef>

#include "gibbs/coordinates.hpp"
#include "gibbs/rows.hpp"
#include "linalg/aligned.hpp"

namespace polyagamma {

// Log-likelihood and its gradient in u for up to kGroupChains chains, in one pass over M by blocks of rows
// that stay in cache between the product with M and the one with Mᵀ.
class GradientPass {
  public:
    GradientPass(const Rows& rows, std::size_t k, std::size_t chains);

    // u[c] (k). gradient (chains, k); log_likelihood (chains), if given.
    void log_likelihood(const Coordinates& coordinates, const double* const* u, double* gradient,
                        double* log_likelihood);
    // The same for log π(u), log-prior included; log_likelihood and log_density may both be null.
    void log_density(const Coordinates& coordinates, const double* const* u, double* gradient,
                     double* log_likelihood, double* log_density);

  private:
    void block(const Coordinates& coordinates, std::size_t first_panel, std::size_t panels,
               bool want_log_likelihood);

    const Rows& rows_;
    std::size_t k_, chains_, block_panels_;
    Vector interleaved_;  // (k, chains): all u
    Vector eta_;          // (chains, rows of a block)
    Vector gradient_;     // (k, chains, kPanelRows): lanes of the gradient
    Vector lanes_;        // (chains, kPanelRows): lanes of the log-likelihood
    Vector of_prior_;     // (k): gradient of the log-prior
};

}  // namespace polyagamma
