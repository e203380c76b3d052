#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace polyagamma {

// Warm-up of chains that propose by a Gaussian surrogate of the rows: what a chain has seen in a window,
// acceptances summed over sweeps.
struct SurrogateWindow {
    double trajectories = 0.0, scales = 0.0, groups = 0.0, sweeps = 0.0;

    void add(double trajectory, double scale, double group = 0.0) {
        trajectories += trajectory;
        scales += scale;
        groups += group;
        sweeps += 1.0;
    }
    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (double* number : {&trajectories, &scales, &groups, &sweeps}) visitor(number, 1);
    }
};

// The sum over all chains, whose windows begin anew.
SurrogateWindow take_all(std::vector<SurrogateWindow>& windows);

// Sweeps to the end of the present window; 0 after warm-up. Windows end at 10, 25, 50 and 100 % of it.
std::size_t left_in_surrogate_window(std::size_t tune, std::uint64_t sweeps_done);

}  // namespace polyagamma
