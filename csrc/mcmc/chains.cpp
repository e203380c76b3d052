#include "mcmc/chains.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "parallel/parallel_for.hpp"

namespace polyagamma {

RunStatus Chains::run(std::size_t sweeps, const Outputs& outputs) {
    if (!std::exchange(rebuilt_, true)) {
        if (const Status status = sampler_->rebuild(); !status.ok()) return {status};
    }
    for (std::size_t done = 0; done < sweeps;) {
        const std::size_t left = sampler_->left_in_window(sweeps_done_);
        const std::size_t now = left == 0 ? sweeps - done : std::min(left, sweeps - done);
        RunStatus result = advance(now, outputs.from(done));
        result.sweep += done;
        if (!result.status.ok()) return result;
        done += now;
        sweeps_done_ += now;
        if (now != left) continue;
        if (const Status status = sampler_->finish_window(sweeps_done_); !status.ok())
            return {status, 0, done};
    }
    return {};
}

RunStatus Chains::advance(std::size_t sweeps, const Outputs& outputs) {
    std::vector<RunStatus> results(sampler_->shares());
    parallel_for(results.size(), threads_, [&](std::size_t share) {
        results[share] = sampler_->advance(share, {sweeps_done_, sweeps}, outputs);
    });
    const auto bad =
        std::find_if(results.begin(), results.end(), [](const RunStatus& r) { return !r.status.ok(); });
    return bad == results.end() ? RunStatus{} : *bad;
}

bool Chains::restore(const State& state, std::uint64_t sweeps_done) {
    if (!sampler_->restore(state, sweeps_done)) return false;
    sweeps_done_ = sweeps_done;
    rebuilt_ = false;
    return true;
}

}  // namespace polyagamma
