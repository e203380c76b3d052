#include "mcmc/starting_points.hpp"

namespace polyagamma {

void approach_mode(const Whitening& whitening, const ChainPosterior& posterior, double* u) {
    constexpr int kMostHalvings = 20;
    const std::size_t k = whitening.size();
    GradientPass pass({&posterior}, k, 1);
    Density density(k);
    pass.run_alone(whitening, Vector(k).data(), density);
    const double least = density.log_posterior - static_cast<double>(k);
    for (int halvings = 0; halvings < kMostHalvings; ++halvings) {
        pass.run_alone(whitening, u, density);
        if (density.log_posterior >= least) return;
        for (std::size_t j = 0; j < k; ++j) u[j] *= 0.5;
    }
}

}  // namespace polyagamma
