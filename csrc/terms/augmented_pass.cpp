#include "terms/augmented_pass.hpp"

#include <algorithm>
#include <utility>

#include "linalg/interleave.hpp"
#include "linalg/weighted_gram.hpp"
#include "simd/loops.hpp"
#include "terms/pass_sums.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kBlockPanels = kBlock / kPanelRows;

}  // namespace

AugmentedPass::AugmentedPass(std::vector<const ChainPosterior*> posteriors, std::size_t k,
                             std::size_t workers)
    : AugmentedPass(posteriors, k, workers,
                    RowPartition::for_matrices(posteriors.front()->likelihood->rows(), k), 0) {}

AugmentedPass::AugmentedPass(std::vector<const ChainPosterior*> posteriors, std::size_t k,
                             std::size_t workers, RowPartition partition, std::size_t first_block)
    : posteriors_(std::move(posteriors)),
      predictors_(posteriors_.front()->likelihood->predictors()),
      k_(k / predictors_),
      chains_(posteriors_.size()),
      first_block_(first_block),
      partition_(partition),
      blocks_(workers) {
    const std::size_t in_part = partition_.count() < workers ? 1 : chains_;
    for (std::size_t strip = 0; strip < partition_.count(); ++strip) {
        for (std::size_t c = 0; c < chains_; c += in_part) {
            parts_.emplace_back();
            parts_.back().strip = strip;
            parts_.back().first_chain = c;
            parts_.back().chains = in_part;
        }
    }
}

void AugmentedPass::run(Worker& worker, const Whitening& whitening, const double* const* u,
                        const std::vector<FillKey>& keys, Wanted wanted, const std::vector<Vector>& extras) {
    worker.barrier();
    if (whitening.distant() == nullptr) {
        all_parts(worker, whitening, u, keys, wanted);
    } else if (worker.index() == 0) {
        fetch(*whitening.distant(), u, keys, wanted, extras);
    }
    worker.barrier();
}

void AugmentedPass::all_parts(const Worker& worker, const Whitening& whitening, const double* const* u,
                              const std::vector<FillKey>& keys, Wanted wanted) {
    const Worker::Range parts = worker.share(parts_.size());
    for (std::size_t i = parts.begin; i < parts.end; ++i) {
        Part& part = parts_[i];
        part.interleaved.resize(predictors_ * k_ * part.chains);
        interleave(u + part.first_chain, part.chains, part.interleaved);
        add_rows(whitening, keys, wanted, part, blocks_[worker.index()]);
    }
}

Vector AugmentedPass::sums(const Whitening& whitening, const double* const* u,
                           const std::vector<FillKey>& keys, Wanted wanted) {
    all_parts(Worker(), whitening, u, keys, wanted);
    Vector all;
    for (const Part& part : parts_)
        for (const Vector* one : {&part.precision, &part.right_hand_side, &part.log_likelihood})
            all.insert(all.end(), one->begin(), one->end());
    return all;
}

void AugmentedPass::fetch(DistantRows& rows, const double* const* u, const std::vector<FillKey>& keys,
                          Wanted wanted, const std::vector<Vector>& extras) {
    Vector points, all_extras;
    for (std::size_t c = 0; c < chains_; ++c) points.insert(points.end(), u[c], u[c] + predictors_ * k_);
    for (std::size_t c = 0; c < extras.size(); ++c) {
        Vector one(extras[c]);
        if (one.empty()) continue;
        posteriors_[c]->likelihood->tell(one.data());
        all_extras.insert(all_extras.end(), one.begin(), one.end());
    }
    Vector told(partition_.count() * chains_ * (k_ * k_ + k_ + 1));
    rows.augmented(points, all_extras, wanted.predictor, wanted.draw ? keys : std::vector<FillKey>(),
                   wanted.density, told);
    const double* from = told.data();
    for (Part& part : parts_) {
        take(from, chains_ * k_ * k_, part.precision);
        take(from, k_ * chains_, part.right_hand_side);
        take(from, chains_, part.log_likelihood);
    }
}

void AugmentedPass::clear(Part& part) const {
    part.precision.assign(part.chains * k_ * k_, 0.0);
    part.right_hand_side_lanes.assign(k_ * part.chains * kPanelRows, 0.0);
    part.density_lanes.assign(part.chains * kPanelRows, 0.0);
}

void AugmentedPass::add_rows(const Whitening& whitening, const std::vector<FillKey>& keys, Wanted wanted,
                             Part& part, Block& block) const {
    clear(part);
    block.eta.resize(predictors_ * part.chains * kBlock);
    for (Vector* of_rows : {&block.omega, &block.shift}) of_rows->resize(kBlock);
    const std::size_t begin = partition_.first_panel(part.strip),
                      end = partition_.first_panel(part.strip + 1);
    for (std::size_t first = begin; first < end; first += kBlockPanels) {
        block.first_panel = first;
        block.panels = std::min(kBlockPanels, end - first);
        add_block(whitening, keys, wanted, part, block);
    }
    sum_each(part.right_hand_side_lanes, part.right_hand_side);
    sum_each(part.density_lanes, part.log_likelihood);
}

void AugmentedPass::add_block(const Whitening& whitening, const std::vector<FillKey>& keys, Wanted wanted,
                              Part& part, Block& block) const {
    const std::size_t stride = part.chains * kBlock;
    find_predictors(whitening, part, block);
    for (std::size_t c = 0; c < part.chains; ++c) {
        const std::size_t chain = part.first_chain + c;
        if (wanted.draw) augment(whitening, keys[chain], wanted.predictor, c, part, block);
        if (wanted.density)
            posteriors_[chain]->likelihood->derivative_and_log_density(
                {block.first(), block.padded(), stride}, &block.eta[c * kBlock],
                &part.density_lanes[c * kPanelRows]);
        if (wanted.draw) find_residuals(whitening, wanted.predictor, part, c, block);
    }
    if (!wanted.draw) return;
    loops().model.transposed(whitening.matrix().panel(block.first_panel), block.panels, k_,
                             &block.eta[wanted.predictor * stride], part.chains, kBlock,
                             part.right_hand_side_lanes.data());
}

void AugmentedPass::find_predictors(const Whitening& whitening, const Part& part, Block& block) const {
    const std::size_t all = whitening.predictor().size() / predictors_;
    for (std::size_t k = 0; k < predictors_; ++k) {
        double* eta = &block.eta[k * part.chains * kBlock];
        const double* eta0 = &whitening.predictor()[k * all + block.first()];
        loops().model.forward(whitening.matrix().panel(block.first_panel), block.panels, k_,
                              &part.interleaved[k * k_ * part.chains], part.chains, eta, kBlock);
        for (std::size_t c = 0; c < part.chains; ++c)
            for (std::size_t i = 0; i < block.padded(); ++i) eta[c * kBlock + i] += eta0[i];
    }
}

void AugmentedPass::augment(const Whitening& whitening, const FillKey& key, std::size_t predictor,
                            std::size_t c, Part& part, Block& block) const {
    const Likelihood& likelihood = *posteriors_[part.first_chain + c]->likelihood;
    const PolyaGammaForm& form = *likelihood.polya_gamma_of(predictor);
    const std::size_t first = block.first(), padded = block.padded(), stride = part.chains * kBlock;
    const std::size_t n = std::min(padded, likelihood.rows() - first);
    const double* eta = &block.eta[predictor * stride + c * kBlock];
    double *omega = block.omega.data(), *shift = block.shift.data();
    likelihood.shift_of(predictor, {first, padded, stride}, &block.eta[c * kBlock], shift);
    for (std::size_t i = 0; i < n; ++i) omega[i] = eta[i] + shift[i];
    fill(key, first_block_ + first / kBlock, {form.b + first, 1}, {omega, 1}, n, omega);
    std::fill(omega + n, omega + padded, 0.0);
    add_weighted_gram(whitening.matrix(), block.first_panel, block.panels, omega,
                      &part.precision[c * k_ * k_]);
}

void AugmentedPass::find_residuals(const Whitening& whitening, std::size_t predictor, const Part& part,
                                   std::size_t c, Block& block) const {
    const PolyaGammaForm& form = *posteriors_[part.first_chain + c]->likelihood->polya_gamma_of(predictor);
    const std::size_t all = whitening.predictor().size() / predictors_, first = block.first();
    const double *eta0 = &whitening.predictor()[predictor * all + first], *kappa = form.kappa + first;
    double* eta = &block.eta[(predictor * part.chains + c) * kBlock];
    for (std::size_t i = 0; i < block.padded(); ++i)
        eta[i] = kappa[i] - block.omega[i] * (eta0[i] + block.shift[i]);
}

double AugmentedPass::log_likelihood(std::size_t chain) const {
    double sum = 0.0;
    for (const Part& part : parts_)
        if (part.has(chain)) sum += part.log_likelihood[chain - part.first_chain];
    return sum;
}

double* AugmentedPass::precision(std::size_t chain, const Vector& prior, double* right_hand_side) {
    double* sum = nullptr;
    for (Part& part : parts_) {
        if (!part.has(chain)) continue;
        const std::size_t c = chain - part.first_chain;
        double* share = &part.precision[c * k_ * k_];
        if (sum == nullptr) sum = share;
        const double* more = sum == share ? prior.data() : share;
        for (std::size_t i = 0; i < k_ * k_; ++i) sum[i] += more[i];
        for (std::size_t j = 0; j < k_; ++j) right_hand_side[j] += part.right_hand_side[j * part.chains + c];
    }
    return sum;
}

}  // namespace polyagamma
