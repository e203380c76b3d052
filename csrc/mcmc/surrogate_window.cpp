#include "mcmc/surrogate_window.hpp"

#include <utility>

namespace polyagamma {

SurrogateWindow take_all(std::vector<SurrogateWindow>& windows) {
    SurrogateWindow all;
    for (SurrogateWindow& window : windows) {
        const SurrogateWindow one = std::exchange(window, {});
        all.trajectories += one.trajectories;
        all.scales += one.scales;
        all.groups += one.groups;
        all.sweeps += one.sweeps;
    }
    return all;
}

std::size_t left_in_surrogate_window(std::size_t tune, std::uint64_t sweeps_done) {
    for (const double share : {0.1, 0.25, 0.5, 1.0}) {
        const auto end = static_cast<std::uint64_t>(share * static_cast<double>(tune));
        if (end > sweeps_done) return static_cast<std::size_t>(end - sweeps_done);
    }
    return 0;
}

}  // namespace polyagamma
