#include "mcmc/term_trajectories.hpp"

#include <algorithm>

#include "mcmc/term_posterior.hpp"

namespace polyagamma {

TermTrajectories::TermTrajectories(const Term& term)
    : noise_(term.noise_size()),
      position_(term.whitened_size() + term.n_rows()),
      hmc_(term.n_rows(), position_.size(), 1) {}

Status TermTrajectories::run(const TrajectoryMoves& settings, std::size_t count, BitGen& bitgen,
                             Latent current, double& acceptance) {
    const auto g = std::copy(current.whitened.begin(), current.whitened.end(), position_.begin());
    std::copy(current.g.begin(), current.g.end(), g);
    TermPosterior posterior(settings.term, settings.surrogate, noise_.data());
    if (const Status result = posterior.find_mean(); !result.ok()) return result;
    hmc_.forget();
    BitGen* const bitgens[] = {&bitgen};
    double* const positions[] = {position_.data()};
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        double probability;
        const Status result = hmc_.run(posterior, settings.excess, settings.step_size.settings(), bitgens,
                                       positions, &probability);
        if (!result.ok()) return result;
        if (settings.learn) settings.step_size.learn(probability);
        sum += probability;
    }
    acceptance = sum / static_cast<double>(count);
    std::copy(position_.begin(), g, current.whitened.begin());
    std::copy(g, position_.end(), current.g.begin());
    return {};
}

}  // namespace polyagamma
