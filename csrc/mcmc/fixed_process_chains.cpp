#include "mcmc/fixed_process_chains.hpp"

#include <algorithm>
#include <utility>

#include "linalg/dense.hpp"
#include "parallel/parallel_for.hpp"
#include "random/normals.hpp"
#include "simd/loops.hpp"
#include "vi/process_mode.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kFirstWindow = 10;  // sweeps; the next ones double the length of warm-up so far

// x (chains, stride) as out (n, chains).
void interleave(const double* x, std::size_t n, std::size_t chains, std::size_t stride, double* out) {
    for (std::size_t j = 0; j < n; ++j)
        for (std::size_t c = 0; c < chains; ++c) out[j * chains + c] = x[c * stride + j];
}

}  // namespace

// Chains [first, first + count) in lockstep, and the posterior as they see it.
class FixedKernelChains::Sampler final : public SitesPosterior {
  public:
    Sampler(FixedKernelChains& all, std::size_t first, std::size_t count)
        : all_(all),
          first_(first),
          count_(count),
          n_(all.rows_.n),
          stride_(padded_rows(n_)),
          interleaved_(n_ * count),
          products_(count * stride_),
          probabilities_(count),
          trajectories_(n_, n_, count) {
        for (std::size_t c = 0; c < count; ++c) positions_.push_back(all.chains_[first + c].g.data());
    }

    void forget() { trajectories_.forget(); }
    void start();
    Evaluation run(std::size_t sweeps, bool learn, const FixedKernelDraws& draws);

    std::size_t size() const override { return n_; }
    const double* mean() const override { return all_.posterior_.mean().data(); }
    Evaluation covariance_product(const double* h, double* out) override;
    Evaluation draw_momentum(BitGen* const* bitgens, double* out) override;

  private:
    void copy_products(double* out) const {
        for (std::size_t c = 0; c < count_; ++c) std::copy_n(&products_[c * stride_], n_, out + c * n_);
    }
    void store(std::size_t sweep, const FixedKernelDraws& draws);

    FixedKernelChains& all_;
    std::size_t first_, count_, n_, stride_;
    Vector interleaved_, products_;  // (n, chains), (chains, padded rows)
    Vector probabilities_;           // (chains,)
    std::vector<double*> positions_;
    Trajectories trajectories_;
};

Evaluation FixedKernelChains::Sampler::covariance_product(const double* h, double* out) {
    const Panels& sigma = all_.posterior_.covariance();
    interleave(h, n_, count_, n_, interleaved_.data());
    loops().model.forward(sigma.panel(0), sigma.count(), n_, interleaved_.data(), count_, products_.data(),
                          stride_);
    copy_products(out);
    return Evaluation::ok;
}

Evaluation FixedKernelChains::Sampler::draw_momentum(BitGen* const* bitgens, double* out) {
    for (std::size_t c = 0; c < count_; ++c) fill_normals(*bitgens[c], out + c * n_, n_);
    interleave(out, n_, count_, n_, interleaved_.data());
    all_.posterior_.factor().multiply(interleaved_.data(), count_, products_.data(), stride_);
    copy_products(out);
    return Evaluation::ok;
}

void FixedKernelChains::Sampler::start() {
    Vector momentum(count_ * n_);
    draw_momentum(&all_.bitgens_[first_], momentum.data());
    for (std::size_t c = 0; c < count_; ++c)
        for (std::size_t i = 0; i < n_; ++i) positions_[c][i] = mean()[i] + momentum[c * n_ + i];
}

Evaluation FixedKernelChains::Sampler::run(std::size_t sweeps, bool learn, const FixedKernelDraws& draws) {
    const LeapfrogSettings settings = all_.settings();
    for (std::size_t sweep = 0; sweep < sweeps; ++sweep) {
        const Evaluation result =
            trajectories_.run(*this, all_.surrogate_, all_.rows_, settings, &all_.bitgens_[first_],
                              positions_.data(), probabilities_.data());
        if (result != Evaluation::ok) return result;
        for (std::size_t c = 0; learn && c < count_; ++c) {
            Chain& chain = all_.chains_[first_ + c];
            chain.acceptance += probabilities_[c];
            chain.trajectories += 1.0;
            chain.surrogate.learn(all_.rows_, chain.g.data());
        }
        store(sweep, draws);
    }
    return Evaluation::ok;
}

void FixedKernelChains::Sampler::store(std::size_t sweep, const FixedKernelDraws& draws) {
    for (std::size_t c = 0; c < count_; ++c) {
        if (draws.g) std::copy_n(positions_[c], n_, draws.g.at(first_ + c, sweep));
        if (draws.acceptance_rate) *draws.acceptance_rate.at(first_ + c, sweep) = probabilities_[c];
    }
    if (!draws.log_posterior) return;
    for (std::size_t c = 0; c < count_; ++c)
        for (std::size_t i = 0; i < n_; ++i) products_[c * stride_ + i] = positions_[c][i] - mean()[i];
    all_.posterior_.factor().solve(products_.data(), count_, stride_, interleaved_.data());
    for (std::size_t c = 0; c < count_; ++c) {
        const double* u = &products_[c * stride_];
        *draws.log_posterior.at(first_ + c, sweep) =
            trajectories_.excess(c) - 0.5 * dot(u, u, n_) + all_.posterior_.constant();
    }
}

FixedKernelChains::FixedKernelChains(const LatentRows& rows, CovarianceFunction& function, const Blas& blas,
                                     std::vector<BitGen*> bitgens, std::size_t tune, std::size_t threads)
    : rows_(rows),
      function_(&function),
      blas_(&blas),
      bitgens_(std::move(bitgens)),
      tune_(tune),
      threads_(threads),
      chains_(bitgens_.size(), Chain(rows.n)),
      surrogate_(rows.n),
      posterior_(rows.n, blas) {
    const std::size_t share = (n_chains() + threads - 1) / threads;
    const std::size_t parallel_region = std::min(share, kBatchChains);
    for (std::size_t first = 0; first < n_chains(); first += parallel_region)
        samplers_.push_back(
            std::make_unique<Sampler>(*this, first, std::min(parallel_region, n_chains() - first)));
}

FixedKernelChains::~FixedKernelChains() = default;

Evaluation FixedKernelChains::start() {
    Evaluation result = surrogate_at_mode(rows_, *function_, *blas_, surrogate_);
    if (result == Evaluation::ok) result = rebuild();
    if (result != Evaluation::ok) return result;
    for (const std::unique_ptr<Sampler>& sampler : samplers_) sampler->start();
    return result;
}

Evaluation FixedKernelChains::rebuild() {
    for (const std::unique_ptr<Sampler>& sampler : samplers_) sampler->forget();
    return posterior_.assign(*function_, surrogate_.rows());
}

Evaluation FixedKernelChains::run(std::size_t sweeps, const FixedKernelDraws& draws) {
    for (std::size_t done = 0; done < sweeps;) {
        const std::size_t end = window_end();
        const bool learn = end > 0;
        const std::size_t now = learn ? std::min(sweeps - done, end - sweeps_done_) : sweeps - done;
        std::vector<Evaluation> results(samplers_.size(), Evaluation::ok);
        parallel_for(samplers_.size(), threads_,
                     [&](std::size_t w) { results[w] = samplers_[w]->run(now, learn, draws.from(done)); });
        done += now;
        sweeps_done_ += now;
        for (const Evaluation result : results)
            if (result != Evaluation::ok) return result;
        if (learn && sweeps_done_ == end)
            if (const Evaluation result = finish_window(); result != Evaluation::ok) return result;
    }
    return Evaluation::ok;
}

std::size_t FixedKernelChains::window_end() const {
    if (sweeps_done_ >= tune_) return 0;
    std::size_t end = kFirstWindow;
    while (end <= sweeps_done_) end *= 2;
    return std::min(end, tune_);
}

// The last window settles the number of kicks only: another surrogate might want another number.
Evaluation FixedKernelChains::finish_window() {
    double acceptance = 0.0, trajectories = 0.0;
    for (Chain& chain : chains_) {
        acceptance += std::exchange(chain.acceptance, 0.0);
        trajectories += std::exchange(chain.trajectories, 0.0);
    }
    stride_.fit(acceptance / trajectories);
    if (sweeps_done_ == tune_) return Evaluation::ok;
    std::vector<const GaussianSites*> each;
    for (const Chain& chain : chains_) each.push_back(&chain.surrogate);
    surrogate_.pool(each);
    return rebuild();
}

Vector FixedKernelChains::state() {
    Vector numbers;
    visit([&](double* part, std::size_t size) { numbers.insert(numbers.end(), part, part + size); });
    return numbers;
}

bool FixedKernelChains::set_state(const double* numbers, std::size_t size, std::size_t sweeps_done) {
    if (size != state().size()) return false;
    visit([&](double* part, std::size_t count) {
        std::copy_n(numbers, count, part);
        numbers += count;
    });
    sweeps_done_ = sweeps_done;
    return true;
}

}  // namespace polyagamma
