#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "mcmc/chains.hpp"
#include "mcmc/linear_sampler.hpp"
#include "tests/model_fixtures.hpp"

namespace fixtures {

// A run of chains of a linear model, with what they tell.
struct Run {
    Run(const polyagamma::LinearModel& model, const polyagamma::RowSpaceModel* wide,
        const polyagamma::LinearSampler::Options& options, std::size_t chain_count = 4,
        std::uint64_t seed = 60) {
        std::vector<polyagamma::BitGen*> bitgens;
        for (std::uint64_t c = 0; c < chain_count; ++c) {
            generators.push_back(std::make_unique<Generator>(seed + c));
            bitgens.push_back(generators.back()->bitgen());
        }
        auto made = std::make_unique<polyagamma::LinearSampler>(model, wide, bitgens, options);
        sampler = made.get();
        chains = std::make_unique<polyagamma::Chains>(std::move(made), options.threads);
        p = sampler->outputs().front().size;
        own = sampler->parameters(0).size() + model.likelihood.extras();
    }

    // Coefficients (chains, sweeps, p), parameters (chains, sweeps, own) and lp (chains, sweeps), in calls of
    // at most `piece` sweeps.
    void advance(std::size_t sweeps, std::size_t piece) {
        const std::size_t count = sampler->chains();
        beta.assign(count * sweeps * p, 0.0);
        parameters.assign(count * sweeps * own, 0.0);
        for (std::vector<double>* stat : {&lp, &acceptance_rate, &energy}) stat->assign(count * sweeps, -7.0);
        const auto step = [](std::size_t value) { return static_cast<std::ptrdiff_t>(value); };
        polyagamma::Outputs outputs;
        outputs.add("beta", {beta.data(), step(sweeps * p), step(p)});
        if (own > 0) outputs.add("parameters", {parameters.data(), step(sweeps * own), step(own)});
        outputs.add("lp", {lp.data(), step(sweeps), 1});
        outputs.add("acceptance_rate", {acceptance_rate.data(), step(sweeps), 1});
        outputs.add("energy", {energy.data(), step(sweeps), 1});
        for (std::size_t done = 0; done < sweeps; done += piece) {
            REQUIRE(chains->run(std::min(piece, sweeps - done), outputs.from(done)).status.ok());
        }
    }

    std::vector<std::unique_ptr<Generator>> generators;
    polyagamma::LinearSampler* sampler;
    std::unique_ptr<polyagamma::Chains> chains;
    std::size_t p, own;
    std::vector<double> beta, parameters, lp, acceptance_rate, energy;
};

}  // namespace fixtures
