#include "mcmc/fixed_process_sampler.hpp"

#include <algorithm>
#include <utility>

#include "linalg/dense.hpp"
#include "linalg/interleave.hpp"
#include "random/normals.hpp"
#include "simd/loops.hpp"
#include "vi/process_mode.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kFirstWindow = 10;  // sweeps; the next ones double the length of warm-up so far

}  // namespace

// Chains [first, first + count) in lockstep, and the posterior as they see it.
class FixedProcessSampler::Share final : public SitesPosterior {
  public:
    Share(FixedProcessSampler& all, std::size_t first, std::size_t count)
        : all_(all),
          first_(first),
          count_(count),
          n_(all.rows_.n),
          stride_(padded_rows(n_)),
          interleaved_(n_ * count),
          products_(count * stride_),
          probabilities_(count),
          excess_(n_),
          trajectories_(n_, n_, count) {
        excess_.set(all.surrogate_, all.rows_);
        for (std::size_t c = 0; c < count; ++c) positions_.push_back(all.chains_[first + c].g.data());
    }

    void forget() { trajectories_.forget(); }
    Status start();
    Status run(SweepRange sweeps, const Outputs& outputs);

    std::size_t size() const override { return n_; }
    const double* mean() const override { return all_.posterior_.mean().data(); }
    Status covariance_product(const double* h, double* out) override;
    Status draw_momentum(BitGen* const* bitgens, double* out) override;

  private:
    void copy_products(double* out) const {
        for (std::size_t c = 0; c < count_; ++c) std::copy_n(&products_[c * stride_], n_, out + c * n_);
    }
    // Where the values of some sweeps go.
    struct Arrays {
        OutputArray g, log_posterior, acceptance_rate;
    };
    void store(std::size_t sweep, const Arrays& out);

    FixedProcessSampler& all_;
    std::size_t first_, count_, n_, stride_;
    Vector interleaved_, products_;  // (n, chains), (chains, padded rows)
    Vector probabilities_;           // (chains,)
    std::vector<double*> positions_;
    LogisticExcess excess_;
    FunctionHmc trajectories_;
};

Status FixedProcessSampler::Share::covariance_product(const double* h, double* out) {
    const Panels& sigma = all_.posterior_.covariance();
    interleave(h, count_, interleaved_);
    loops().model.forward(sigma.panel(0), sigma.count(), n_, interleaved_.data(), count_, products_.data(),
                          stride_);
    copy_products(out);
    return {};
}

Status FixedProcessSampler::Share::draw_momentum(BitGen* const* bitgens, double* out) {
    for (std::size_t c = 0; c < count_; ++c) fill_normals(*bitgens[c], out + c * n_, n_);
    interleave(out, count_, interleaved_);
    all_.posterior_.factor().multiply(interleaved_.data(), count_, products_.data(), stride_);
    copy_products(out);
    return {};
}

Status FixedProcessSampler::Share::start() {
    Vector momentum(count_ * n_);
    const Status status = draw_momentum(&all_.bitgens_[first_], momentum.data());
    for (std::size_t c = 0; c < count_; ++c)
        for (std::size_t i = 0; i < n_; ++i) positions_[c][i] = mean()[i] + momentum[c * n_ + i];
    return status;
}

Status FixedProcessSampler::Share::run(SweepRange sweeps, const Outputs& outputs) {
    const Arrays out{outputs["f"], outputs["lp"], outputs["acceptance_rate"]};
    const LeapfrogSettings settings = all_.step_size_.settings();
    for (std::size_t sweep = 0; sweep < sweeps.count; ++sweep) {
        const Status result = trajectories_.run(*this, excess_, settings, &all_.bitgens_[first_],
                                                positions_.data(), probabilities_.data());
        if (!result.ok()) return result;
        for (std::size_t c = 0; sweeps.first < all_.tune_ && c < count_; ++c) {
            Chain& chain = all_.chains_[first_ + c];
            chain.acceptance += probabilities_[c];
            chain.trajectories += 1.0;
            chain.surrogate.learn(all_.rows_, chain.g.data());
        }
        store(sweep, out);
    }
    return {};
}

void FixedProcessSampler::Share::store(std::size_t sweep, const Arrays& out) {
    for (std::size_t c = 0; c < count_; ++c) {
        if (out.g) std::copy_n(positions_[c], n_, out.g.at(first_ + c, sweep));
        if (out.acceptance_rate) *out.acceptance_rate.at(first_ + c, sweep) = probabilities_[c];
    }
    if (!out.log_posterior) return;
    for (std::size_t c = 0; c < count_; ++c)
        for (std::size_t i = 0; i < n_; ++i) products_[c * stride_ + i] = positions_[c][i] - mean()[i];
    all_.posterior_.factor().solve(products_.data(), count_, stride_, interleaved_.data());
    for (std::size_t c = 0; c < count_; ++c) {
        const double* u = &products_[c * stride_];
        *out.log_posterior.at(first_ + c, sweep) =
            trajectories_.excess(c) - 0.5 * dot(u, u, n_) + all_.posterior_.constant();
    }
}

FixedProcessSampler::FixedProcessSampler(const LatentRows& rows, CovarianceFunction& function,
                                         const Blas& blas, std::vector<BitGen*> bitgens, std::size_t tune,
                                         std::size_t threads)
    : rows_(rows),
      function_(&function),
      blas_(&blas),
      bitgens_(std::move(bitgens)),
      tune_(tune),
      chains_(bitgens_.size(), Chain(rows.n)),
      surrogate_(rows.n),
      posterior_(rows.n, blas) {
    const std::size_t share = (chains() + threads - 1) / threads;
    const std::size_t together = std::min(share, kBatchChains);
    for (std::size_t first = 0; first < chains(); first += together)
        shares_.push_back(std::make_unique<Share>(*this, first, std::min(together, chains() - first)));
}

FixedProcessSampler::~FixedProcessSampler() = default;

std::vector<OutputShape> FixedProcessSampler::outputs() const {
    return {{"f", rows_.n}, {"lp", 0}, {"acceptance_rate", 0}};
}

SamplerInfo FixedProcessSampler::info() const {
    const LeapfrogSettings settings = step_size_.settings();
    return {{"kernel", "hmc"}, {"leapfrog_steps", settings.steps}, {"step_size", settings.step_size}};
}

Status FixedProcessSampler::start(const double*) {
    Status result = surrogate_at_mode(rows_, *function_, *blas_, surrogate_);
    if (result.ok()) result = rebuild();
    for (std::size_t i = 0; i < shares_.size() && result.ok(); ++i) result = shares_[i]->start();
    return result;
}

Status FixedProcessSampler::rebuild() {
    for (const std::unique_ptr<Share>& share : shares_) share->forget();
    return posterior_.assign(*function_, surrogate_.rows());
}

RunStatus FixedProcessSampler::advance(std::size_t index, SweepRange sweeps, const Outputs& outputs) {
    return {shares_[index]->run(sweeps, outputs)};
}

std::size_t FixedProcessSampler::left_in_window(std::uint64_t sweeps_done) const {
    if (sweeps_done >= tune_) return 0;
    std::size_t end = kFirstWindow;
    while (end <= sweeps_done) end *= 2;
    return std::min(end, tune_) - static_cast<std::size_t>(sweeps_done);
}

// The last window settles the number of steps only: another surrogate might want another number.
Status FixedProcessSampler::finish_window(std::uint64_t sweeps_done) {
    double acceptance = 0.0, trajectories = 0.0;
    for (Chain& chain : chains_) {
        acceptance += std::exchange(chain.acceptance, 0.0);
        trajectories += std::exchange(chain.trajectories, 0.0);
    }
    step_size_.fit(acceptance / trajectories);
    if (sweeps_done == tune_) return {};
    std::vector<const GaussianSites*> each;
    for (const Chain& chain : chains_) each.push_back(&chain.surrogate);
    surrogate_.pool(each);
    return rebuild();
}

State FixedProcessSampler::state() {
    return state_of_numbers([this](auto visitor) { visit(visitor); });
}

bool FixedProcessSampler::restore(const State& state, std::uint64_t) {
    return restore_numbers(state, [this](auto visitor) { visit(visitor); });
}

}  // namespace polyagamma
