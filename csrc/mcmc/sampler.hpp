#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/status.hpp"
#include "mcmc/outputs.hpp"

namespace polyagamma {

// The outcome of a run: a status and, if it is not ok, where the first failure was.
struct RunStatus {
    Status status;
    std::size_t chain = 0;
    std::size_t sweep = 0;
};

// Sweeps of a run, the first counted from the start of warm-up.
struct SweepRange {
    std::uint64_t first;
    std::size_t count;
};

// What a trace says of a sampler: final after warm-up.
using SamplerInfo = std::vector<std::pair<std::string, std::variant<std::string, std::size_t, double>>>;

// What the chains of a run go on from to the same bits, besides the bit generators: numbers by name.
using State = std::map<std::string, Vector>;

// The sweeps of all chains of a model. Chain c draws its random numbers from a generator of its own, and
// neither the number of threads nor the way of cutting a run into calls changes its draws.
class Sampler {
  public:
    virtual ~Sampler() = default;

    virtual std::size_t chains() const = 0;
    // What it tells of each draw; of these, the statistics that every trace keeps.
    virtual std::vector<OutputShape> outputs() const = 0;
    virtual std::vector<std::string> stats() const = 0;
    virtual SamplerInfo info() const = 0;
    // The parameters, besides coefficients and functions, that a chain has now.
    virtual Vector parameters(std::size_t) const { return {}; }

    // One of these two before the first sweep: starting points, or null for the sampler's own choice; or a
    // saved state after that many sweeps (false if it is that of other chains), and what it does not hold.
    virtual Status start(const double* initial) = 0;
    // Numbers of a starting point.
    virtual std::size_t initial_size() const = 0;
    virtual bool restore(const State& state, std::uint64_t sweeps_done) = 0;
    virtual Status rebuild() { return {}; }
    virtual State state() = 0;

    // The chains are in so many shares, which advance at once.
    virtual std::size_t shares() const = 0;
    // Makes the sweeps of a share; `status.sweep` counts from the first of the range.
    virtual RunStatus advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) = 0;

    // Warm-up adapts at the end of windows: sweeps to the end of the present one (0: there is none), and what
    // is to be done there.
    virtual std::size_t left_in_window(std::uint64_t) const { return 0; }
    virtual Status finish_window(std::uint64_t) { return {}; }
};

// A state in one part: all numbers that `visit_all(visitor)` shows to visitor(numbers, count).
template <class VisitAll>
State state_of_numbers(VisitAll visit_all) {
    Vector numbers;
    visit_all([&](double* part, std::size_t count) { numbers.insert(numbers.end(), part, part + count); });
    return {{"latent", std::move(numbers)}};
}

// Gives the numbers what they were in a state; false if it is no state of so many.
template <class VisitAll>
bool restore_numbers(const State& state, VisitAll visit_all) {
    const auto found = state.find("latent");
    if (found == state.end()) return false;
    std::size_t size = 0;
    visit_all([&](double*, std::size_t count) { size += count; });
    if (found->second.size() != size) return false;
    const double* numbers = found->second.data();
    visit_all([&](double* part, std::size_t count) {
        std::copy_n(numbers, count, part);
        numbers += count;
    });
    return true;
}

}  // namespace polyagamma
