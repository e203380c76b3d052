#include "mcmc/process_sampler.hpp"

#include <algorithm>
#include <utility>

#include "mcmc/softmax_offset.hpp"

namespace polyagamma {
namespace {

// The moves by name, in the order of for_each_move.
constexpr const char* kMoves[] = {"collapsed", "whitened", "surrogate", "independent", "trajectory"};

std::string acceptance_of(std::size_t move) {
    return std::string("acceptance_") + kMoves[move];
}

}  // namespace

// The memory of one thread, and the sweep of all latent functions of one chain in it.
class ProcessSampler::Share {
  public:
    explicit Share(const SoftmaxRows& data) : data_(data) {}
    virtual ~Share() = default;

    virtual const Term& term() = 0;
    // States have been set.
    virtual void forget() = 0;
    virtual Status run(LatentState* states, JointState* joint, BitGen& bitgen, SweepKind kind,
                       SweepInfo& info) = 0;
    double log_likelihood(const LatentState* states) const;

  protected:
    const SoftmaxRows& data_;
};

// Function by function, given the others.
class ProcessSampler::FunctionsShare final : public Share {
  public:
    FunctionsShare(const SoftmaxRows& data, std::unique_ptr<Term> term, LogPrior* prior,
                   Moves<std::size_t> steps)
        : Share(data), term_(std::move(term)), sweep_(*term_, prior, steps), offset_(data.n) {}

    const Term& term() override { return *term_; }
    void forget() override { loaded_ = nullptr; }
    Status run(LatentState* states, JointState* joint, BitGen& bitgen, SweepKind kind,
               SweepInfo& info) override;

  private:
    Status load(const LatentState& state);
    const double* offset(const LatentState* states, std::size_t function);

    std::unique_ptr<Term> term_;
    ProcessUpdate sweep_;
    Vector offset_;
    const LatentState* loaded_ = nullptr;
};

// All functions of a softmax at once.
class ProcessSampler::JointShare final : public Share {
  public:
    JointShare(const SoftmaxRows& data, std::vector<std::unique_ptr<FunctionTerm>> terms, LogPrior* prior,
               Moves<std::size_t> steps, std::size_t n_theta)
        : Share(data), sweep_(std::move(terms), prior, steps, n_theta) {}

    const Term& term() override { return sweep_.function(0); }
    void forget() override { chain_ = nullptr; }
    Status run(LatentState* states, JointState* joint, BitGen& bitgen, SweepKind kind,
               SweepInfo& info) override {
        if (chain_ != states) sweep_.forget();
        chain_ = states;
        return sweep_.run(data_, bitgen, kind, states, *joint, info);
    }

  private:
    JointUpdate sweep_;
    const LatentState* chain_ = nullptr;  // whose kernel parameters are loaded
};

Status ProcessSampler::FunctionsShare::load(const LatentState& state) {
    if (loaded_ == &state) return {};
    loaded_ = &state;
    sweep_.forget();
    return term_->load(Side::current, state.theta.data());
}

// One function alone has the offset of the data.
const double* ProcessSampler::FunctionsShare::offset(const LatentState* states, std::size_t function) {
    if (data_.functions == 1) return data_.offset;
    find_offset(data_, states, function, offset_.data());
    return offset_.data();
}

double ProcessSampler::Share::log_likelihood(const LatentState* states) const {
    if (data_.functions == 1)
        return polyagamma::log_likelihood({data_.n, data_.b, data_.kappa, data_.offset}, states->g.data());
    double sum = 0.0;
    for (std::size_t i = 0; i < data_.n; ++i) {
        sum -= data_.b[i] * log_sum(data_, states, i, data_.functions);
        for (std::size_t k = 0; k < data_.functions; ++k) {
            const std::size_t at = k * data_.n + i;  // successes are kappa + shape / 2
            sum += (data_.kappa[at] + 0.5 * data_.b[i]) * (data_.offset[at] + states[k].g[i]);
        }
    }
    return sum;
}

Status ProcessSampler::FunctionsShare::run(LatentState* states, JointState*, BitGen& bitgen, SweepKind kind,
                                           SweepInfo& info) {
    info = {};
    const double share = 1.0 / static_cast<double>(data_.functions);
    for (std::size_t j = 0; j < data_.functions; ++j) {
        SweepInfo own;
        const LatentRows rows{data_.n, data_.b, data_.kappa + j * data_.n, offset(states, j)};
        Status result = load(states[j]);
        if (result.ok()) result = sweep_.run(rows, bitgen, kind, states[j], own);
        if (!result.ok()) return result;
        info.log_prior += own.log_prior;
        for_each_move([share](double& mean, double rate) { mean += share * rate; }, info.acceptance,
                      own.acceptance);
    }
    return {};
}

struct ProcessSampler::Arrays {
    OutputArray g, components, theta, log_posterior;
    Moves<OutputArray> acceptance;
};

ProcessSampler::ProcessSampler(const SoftmaxRows& data, const TermFactory& make_term, LogPrior* prior,
                               std::vector<BitGen*> bitgens, const Options& options)
    : data_(data), samples_theta_(prior != nullptr), bitgens_(std::move(bitgens)), options_(options) {
    std::size_t move = 0;
    for_each_move([&](std::size_t steps) { steps_[move++] = steps; }, options.schedule.steps);
    for (std::size_t t = 0; t < std::clamp<std::size_t>(options.threads, 1, chains()); ++t)
        shares_.push_back(make_share(make_term, prior));
    if (joint()) joint_states_.assign(chains(), JointState(data_.n, data_.functions, options.n_theta));
    for (std::size_t k = 0; k < chains() * data_.functions; ++k)
        states_.emplace_back(shares_.front()->term(), options.n_theta);
}

ProcessSampler::~ProcessSampler() = default;

std::unique_ptr<ProcessSampler::Share> ProcessSampler::make_share(const TermFactory& make_term,
                                                                  LogPrior* prior) const {
    const Moves<std::size_t>& steps = options_.schedule.steps;
    if (!joint()) return std::make_unique<FunctionsShare>(data_, make_term(), prior, steps);
    std::vector<std::unique_ptr<FunctionTerm>> terms;
    for (std::size_t k = 0; k < data_.functions; ++k) terms.push_back(make_term());
    return std::make_unique<JointShare>(data_, std::move(terms), prior, steps, options_.n_theta);
}

std::vector<OutputShape> ProcessSampler::outputs() const {
    const std::size_t functions = data_.functions;
    std::vector<OutputShape> all{
        {"f", functions * data_.n}, {"v", functions * shares_.front()->term().components()}, {"lp", 0}};
    if (samples_theta_) all.push_back({"theta", functions * options_.n_theta});
    for (std::size_t move = 0; move < steps_.size(); ++move) all.push_back({acceptance_of(move), 0});
    return all;
}

std::vector<std::string> ProcessSampler::stats() const {
    std::vector<std::string> names{"lp"};
    for (std::size_t move = 0; move < steps_.size(); ++move)
        if (makes(move)) names.push_back(acceptance_of(move));
    return names;
}

SamplerInfo ProcessSampler::info() const {
    const bool trajectories = options_.schedule.steps.trajectory > 0;
    SamplerInfo all{{"kernel", trajectories ? "hmc+gibbs" : "gibbs"},
                    {"gibbs_every", options_.schedule.complete_every}};
    for (std::size_t move = 0; move < steps_.size(); ++move)
        all.emplace_back(std::string(kMoves[move]) + "_steps", steps_[move]);
    return all;
}

Vector ProcessSampler::parameters(std::size_t chain) const {
    Vector all;
    for (std::size_t j = 0; j < data_.functions; ++j) {
        const Vector& own = states_[chain * data_.functions + j].theta;
        all.insert(all.end(), own.begin(), own.end());
    }
    return all;
}

Status ProcessSampler::start(const double* initial) {
    for (LatentState& state : states_) {
        if (initial == nullptr) break;
        std::copy_n(initial, state.theta.size(), state.theta.begin());
        initial += state.theta.size();
    }
    return {};
}

State ProcessSampler::state() {
    return state_of_numbers([this](auto visitor) { visit(visitor); });
}

bool ProcessSampler::restore(const State& state, std::uint64_t) {
    for (const std::unique_ptr<Share>& share : shares_) share->forget();
    return restore_numbers(state, [this](auto visitor) { visit(visitor); });
}

ProcessSampler::Arrays ProcessSampler::arrays(const Outputs& outputs) const {
    Arrays all{outputs["f"], outputs["v"], outputs["theta"], outputs["lp"], {}};
    std::size_t move = 0;
    for_each_move([&](OutputArray& array) { array = outputs[acceptance_of(move++)]; }, all.acceptance);
    return all;
}

RunStatus ProcessSampler::advance(std::size_t index, SweepRange sweeps, const Outputs& outputs) {
    Share& share = *shares_[index];
    const Arrays out = arrays(outputs);
    const std::size_t tune = options_.tune, every = options_.schedule.complete_every;
    for (std::size_t chain = index; chain < chains(); chain += shares_.size()) {
        for (std::size_t s = 0; s < sweeps.count; ++s) {
            SweepInfo info;
            const std::uint64_t sweep = sweeps.first + s;
            const bool learn = sweep < tune, due = (tune + every - sweep % every) % every == 0;
            const SweepKind kind{learn, due || (learn && !joint())};
            const Status result = share.run(&latent(chain, 0), joint_of(chain), *bitgens_[chain], kind, info);
            if (!result.ok()) return {result, chain, s};
            store(chain, s, info, info.log_prior + share.log_likelihood(&latent(chain, 0)), out);
        }
    }
    return {};
}

void ProcessSampler::store(std::size_t chain, std::size_t sweep, const SweepInfo& info, double log_posterior,
                           const Arrays& out) {
    const auto put = [&](const OutputArray& array, double value) {
        if (array) *array.at(chain, sweep) = value;
    };
    put(out.log_posterior, log_posterior);
    for_each_move(put, out.acceptance, info.acceptance);
    for (std::size_t j = 0; j < data_.functions; ++j) {
        const LatentState& from = latent(chain, j);
        const auto copy = [&](const OutputArray& array, const Vector& values, std::size_t size) {
            if (array) std::copy_n(values.begin(), size, array.at(chain, sweep) + j * size);
        };
        copy(out.g, from.g, data_.n);
        copy(out.components, from.whitened, shares_.front()->term().components());
        copy(out.theta, from.theta, from.theta.size());
    }
}

}  // namespace polyagamma
