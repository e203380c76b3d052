#include "mcmc/process_chains.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/parallel_for.hpp"

namespace polyagamma {

// The memory of one thread, and the sweep of all latent functions of one chain in it.
class ProcessChains::Sampler {
  public:
    Sampler(const ProcessData& data, std::unique_ptr<Term> block, LogPrior* prior, Moves<std::size_t> steps)
        : data_(data), block_(std::move(block)), sweep_(*block_, prior, steps), offset_(data.n) {}

    const Term& block() const { return *block_; }
    void forget() { loaded_ = nullptr; }

    Evaluation run(LatentState* states, BitGen& bitgen, SweepKind kind, SweepInfo& info);
    double log_likelihood(const LatentState* states);

  private:
    Evaluation load(const LatentState& state);
    double log_sum(const LatentState* states, std::size_t i, std::size_t except) const;
    const double* offset(const LatentState* states, std::size_t function);

    const ProcessData& data_;
    std::unique_ptr<Term> block_;
    ProcessUpdate sweep_;
    Vector offset_;
    const LatentState* loaded_ = nullptr;
};

Evaluation ProcessChains::Sampler::load(const LatentState& state) {
    if (loaded_ == &state) return Evaluation::ok;
    loaded_ = &state;
    sweep_.forget();
    return block_->load(Side::current, state.theta.data());
}

// log Σ e^{η_k} over the latent functions of row i, but one (or none, if `except` is their number).
double ProcessChains::Sampler::log_sum(const LatentState* states, std::size_t i, std::size_t except) const {
    const auto eta = [&](std::size_t k) { return data_.offset[k * data_.n + i] + states[k].g[i]; };
    double largest = -HUGE_VAL, sum = 0.0;
    for (std::size_t k = 0; k < data_.functions; ++k)
        if (k != except) largest = std::max(largest, eta(k));
    for (std::size_t k = 0; k < data_.functions; ++k)
        if (k != except) sum += std::exp(eta(k) - largest);
    return largest + std::log(sum);
}

// Given the others, function j of a softmax is that of a logistic model with offset less log Σ_{k≠j} e^{η_k}
// (Holmes and Held 2006, section 3.1).
const double* ProcessChains::Sampler::offset(const LatentState* states, std::size_t function) {
    const double* own = data_.offset + function * data_.n;
    if (data_.functions == 1) return own;
    for (std::size_t i = 0; i < data_.n; ++i) offset_[i] = own[i] - log_sum(states, i, function);
    return offset_.data();
}

double ProcessChains::Sampler::log_likelihood(const LatentState* states) {
    if (data_.functions == 1)
        return polyagamma::log_likelihood({data_.n, data_.shape, data_.kappa, data_.offset},
                                          states->g.data());
    double sum = 0.0;
    for (std::size_t i = 0; i < data_.n; ++i) {
        sum -= data_.shape[i] * log_sum(states, i, data_.functions);
        for (std::size_t k = 0; k < data_.functions; ++k) {
            const std::size_t at = k * data_.n + i;  // successes are kappa + shape / 2
            sum += (data_.kappa[at] + 0.5 * data_.shape[i]) * (data_.offset[at] + states[k].g[i]);
        }
    }
    return sum;
}

Evaluation ProcessChains::Sampler::run(LatentState* states, BitGen& bitgen, SweepKind kind, SweepInfo& info) {
    info = {};
    const double share = 1.0 / static_cast<double>(data_.functions);
    for (std::size_t j = 0; j < data_.functions; ++j) {
        SweepInfo own;
        const LatentRows rows{data_.n, data_.shape, data_.kappa + j * data_.n, offset(states, j)};
        Evaluation result = load(states[j]);
        if (result == Evaluation::ok) result = sweep_.run(rows, bitgen, kind, states[j], own);
        if (result != Evaluation::ok) return result;
        info.log_prior += own.log_prior;
        for_each_move([share](double& mean, double rate) { mean += share * rate; }, info.acceptance,
                      own.acceptance);
    }
    return Evaluation::ok;
}

ProcessChains::ProcessChains(const ProcessData& data, const BlockFactory& make_block, LogPrior* prior,
                             const Schedule& schedule, const double* initial_theta, std::size_t n_theta,
                             std::vector<BitGen*> bitgens, std::size_t tune, std::size_t threads)
    : data_(data), bitgens_(std::move(bitgens)), tune_(tune), complete_every_(schedule.complete_every) {
    for (std::size_t t = 0; t < std::min(threads, bitgens_.size()); ++t)
        samplers_.push_back(std::make_unique<Sampler>(data_, make_block(), prior, schedule.steps));
    for (std::size_t k = 0; k < bitgens_.size() * data_.functions; ++k) {
        states_.emplace_back(samplers_.front()->block(), n_theta);
        std::copy_n(initial_theta + k * n_theta, n_theta, states_.back().theta.begin());
    }
}

ProcessChains::~ProcessChains() = default;

ProcessFailure ProcessChains::run(std::size_t sweeps, const ProcessDraws& draws) {
    std::vector<ProcessFailure> failures(samplers_.size());
    parallel_for(samplers_.size(), samplers_.size(),
                 [&](std::size_t t) { failures[t] = run_share(t, sweeps, draws); });
    sweeps_done_ += sweeps;
    for (const ProcessFailure& failure : failures)
        if (failure.kind != Evaluation::ok) return failure;
    return {};
}

Vector ProcessChains::state() {
    Vector numbers;
    for (LatentState& latent : states_)
        latent.visit(
            [&](double* part, std::size_t size) { numbers.insert(numbers.end(), part, part + size); });
    return numbers;
}

bool ProcessChains::set_state(const double* numbers, std::size_t size, std::size_t sweeps_done) {
    if (size != state().size()) return false;
    for (LatentState& latent : states_)
        latent.visit([&](double* part, std::size_t count) {
            std::copy_n(numbers, count, part);
            numbers += count;
        });
    for (const std::unique_ptr<Sampler>& sampler : samplers_) sampler->forget();
    sweeps_done_ = sweeps_done;
    return true;
}

ProcessFailure ProcessChains::run_share(std::size_t thread, std::size_t sweeps, const ProcessDraws& draws) {
    for (std::size_t chain = thread; chain < bitgens_.size(); chain += samplers_.size()) {
        for (std::size_t s = 0; s < sweeps; ++s) {
            SweepInfo info;
            const std::size_t sweep = sweeps_done_ + s;
            const SweepKind kind{sweep < tune_, sweep < tune_ || (sweep - tune_) % complete_every_ == 0};
            const Evaluation result = samplers_[thread]->run(&latent(chain, 0), *bitgens_[chain], kind, info);
            if (result != Evaluation::ok) return {result, chain, s};
            const double log_posterior =
                info.log_prior + samplers_[thread]->log_likelihood(&latent(chain, 0));
            store(chain, s, info, log_posterior, draws);
        }
    }
    return {};
}

void ProcessChains::store(std::size_t chain, std::size_t sweep, const SweepInfo& info, double log_posterior,
                          const ProcessDraws& draws) {
    const auto put = [&](const OutputArray& array, double value) {
        if (array.data != nullptr) *array.at(chain, sweep) = value;
    };
    put(draws.log_posterior, log_posterior);
    for_each_move(put, draws.acceptance, info.acceptance);
    for (std::size_t j = 0; j < data_.functions; ++j) {
        const LatentState& from = latent(chain, j);
        const auto copy = [&](const OutputArray& array, const Vector& values, std::size_t size) {
            if (array.data != nullptr) std::copy_n(values.begin(), size, array.at(chain, sweep) + j * size);
        };
        copy(draws.g, from.g, data_.n);
        copy(draws.whitened, from.whitened, draws.n_whitened);
        copy(draws.theta, from.theta, from.theta.size());
    }
}

}  // namespace polyagamma
