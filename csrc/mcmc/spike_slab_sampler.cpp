#include "mcmc/spike_slab_sampler.hpp"

#include <algorithm>

namespace polyagamma {

bool SpikeSlabSampler::suits(const LinearModel& model) {
    return model.prior.spike_slab() != nullptr && model.likelihood.polya_gamma() != nullptr &&
           model.likelihood.parameters().empty();
}

SpikeSlabSampler::SpikeSlabSampler(const LinearModel& model, std::vector<BitGen*> bitgens)
    : rows_(model, model.prior.spike_slab()->columns().mean),
      indicators_(rows_, *model.prior.spike_slab(), IndicatorUpdate::kNearest) {
    chains_.reserve(bitgens.size());
    for (BitGen* bitgen : bitgens)
        chains_.emplace_back(rows_, *model.prior.spike_slab(), indicators_, *bitgen);
}

std::vector<OutputShape> SpikeSlabSampler::outputs() const {
    const std::size_t own = rows_.likelihood.extras() + parameters(0).size();
    return {{"beta", rows_.size()}, {"lp", 0}, {"parameters", own}};
}

SamplerInfo SpikeSlabSampler::info() const {
    return {{"kernel", "gibbs"}, {"indicator_updates", "collapsed"}};
}

Status SpikeSlabSampler::start(const double* initial) {
    Status status;
    for (std::size_t c = 0; c < chains() && status.ok(); ++c) {
        const double* own = initial + c * initial_size();
        status = initial == nullptr ? chains_[c].start() : chains_[c].start_at(own, own + rows_.size());
    }
    return status;
}

Status SpikeSlabSampler::rebuild() {
    for (SpikeSlabChain& chain : chains_)
        if (const Status status = chain.rebuild(); !status.ok()) return status;
    return {};
}

RunStatus SpikeSlabSampler::advance(std::size_t share, SweepRange sweeps, const Outputs& outputs) {
    SpikeSlabChain& chain = chains_[share];
    const OutputArray beta = outputs["beta"], lp = outputs["lp"], parameters = outputs["parameters"];
    for (std::size_t sweep = 0; sweep < sweeps.count; ++sweep) {
        if (const Status status = chain.sweep(); !status.ok()) return {status, share, sweep};
        if (beta) chain.coefficients(beta.at(share, sweep));
        if (lp) *lp.at(share, sweep) = chain.log_density();
        if (!parameters) continue;
        const Vector scales = chain.prior().scales();
        double* to = std::copy(chain.extras().begin(), chain.extras().end(), parameters.at(share, sweep));
        std::copy(scales.begin(), scales.end(), to);
    }
    return {};
}

State SpikeSlabSampler::state() {
    return state_of_numbers([this](auto visitor) { visit(visitor); });
}

bool SpikeSlabSampler::restore(const State& state, std::uint64_t) {
    const bool whole = restore_numbers(state, [this](auto visitor) { visit(visitor); });
    for (SpikeSlabChain& chain : chains_)
        if (whole) chain.restored();
    return whole;
}

}  // namespace polyagamma
