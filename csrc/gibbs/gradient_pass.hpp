#pragma once

#include <cstddef>
#include <vector>

#include "gibbs/coordinates.hpp"
#include "gibbs/row_team.hpp"
#include "gibbs/rows.hpp"
#include "linalg/aligned.hpp"

namespace polyagamma {

// Log-likelihood and its gradient in u for up to kGroupChains chains, in one pass over M by blocks of rows
// that stay in cache between the product with M and the one with Mᵀ.
class GradientPass {
  public:
    GradientPass(const Rows& rows, std::size_t k, std::size_t chains, RowTeam& team);

    // u[c] (k). gradient (chains, k); log_likelihood (chains), if given.
    void log_likelihood(const Coordinates& coordinates, const double* const* u, double* gradient,
                        double* log_likelihood);
    // The same for log π(u), log-prior included; log_likelihood and log_density may both be null.
    void log_density(const Coordinates& coordinates, const double* const* u, double* gradient,
                     double* log_likelihood, double* log_density);

  private:
    // The sums of a strip of rows, and its workspace.
    struct Part {
        Vector eta;             // (chains, rows of a block)
        Vector gradient_lanes;  // (k, chains, kPanelRows)
        Vector density_lanes;   // (chains, kPanelRows): of the log-likelihood
        Vector gradient;        // (k, chains)
        Vector log_likelihood;  // (chains)
    };

    void strip(const Coordinates& coordinates, std::size_t index, bool want_log_likelihood);
    void block(const Coordinates& coordinates, std::size_t first_panel, std::size_t panels,
               bool want_log_likelihood, Part& part) const;

    const Rows& rows_;
    std::size_t k_, chains_, block_panels_;
    RowStrips strips_;
    RowTeam& team_;
    Vector interleaved_;  // (k, chains): all u
    Vector of_prior_;     // (chains, k): gradient of the log-prior
    std::vector<Part> parts_;
};

}  // namespace polyagamma
