#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "likelihood/binomial.hpp"
#include "terms/additive_model.hpp"
#include "tests/model_fixtures.hpp"
#include "tests/reference_blas.hpp"

namespace fixtures {

inline std::shared_ptr<const polyagamma::EffectScales> half_normal_scales(std::size_t columns,
                                                                          double scale = 1.0) {
    std::vector<polyagamma::ScalePrior> sds(columns,
                                            {polyagamma::ScalePrior::Family::half_normal, 0.0, scale});
    return std::make_shared<polyagamma::EffectScales>(std::move(sds), columns > 1, 2.0);
}

// Binomial rows with two coefficients, a factor of `groups` levels with correlated intercepts and slopes, and
// a basis of `crossed` columns of which each row has one; rows in no order.
struct AdditiveProblem {
    explicit AdditiveProblem(std::size_t n, std::size_t groups, std::size_t crossed = 3) {
        Generator random(5);
        matrix.columns = 2 + 2 * groups + crossed;
        for (std::size_t i = 0; i < n; ++i) {
            const double x = random.normal();
            const auto g = static_cast<std::size_t>(random.uniform() * static_cast<double>(groups));
            matrix.push(0, 1.0);
            matrix.push(1, x);
            matrix.push(2 + 2 * g, 1.0);
            matrix.push(2 + 2 * g + 1, x);
            matrix.push(2 + 2 * groups + i % crossed, 1.0);
            matrix.end_row();
            b.push_back(1.0 + static_cast<double>(i % 4));
            offset.push_back(0.3 * random.normal());
            const double eta = offset.back() + std::cos(5.0 * static_cast<double>(g)) + 0.5 * x +
                               1.5 * std::cos(7.0 * static_cast<double>(i % crossed));
            double successes = 0.0;
            for (double trial = 0.0; trial < b.back(); trial += 1.0)
                successes += random.uniform() < 1.0 / (1.0 + std::exp(-eta)) ? 1.0 : 0.0;
            kappa.push_back(successes - 0.5 * b.back());
        }
        blocks = {{2, 1, false, true, nullptr, {0.5, -0.25}, {1.0, 0.2, 0.2, 0.5}},
                  {groups, 2, true, false, half_normal_scales(2), {}, {}},
                  {crossed, 1, false, false, half_normal_scales(1, 2.0), {}, {}}};
    }

    polyagamma::SparseRows matrix;
    std::vector<polyagamma::EffectBlock> blocks;
    std::vector<double> b, kappa, offset;
};

// The model of a problem: rows arranged.
struct OwnedAdditive {
    explicit OwnedAdditive(const AdditiveProblem& problem)
        : rows(polyagamma::AdditiveDesign::arrange(problem.matrix, problem.offset.data(), problem.blocks)),
          likelihood(polyagamma::Binomial(problem.b.data(), problem.kappa.data(), problem.b.size())
                         .merged(rows.place, rows.first.size())),
          model{polyagamma::AdditiveDesign(problem.matrix, rows, problem.blocks),
                polyagamma::Vector(likelihood->padded()), *likelihood,
                polyagamma::AdditivePrior(problem.blocks), reference::blas()} {
        for (std::size_t i = 0; i < rows.first.size(); ++i) model.offset[i] = problem.offset[rows.first[i]];
    }

    polyagamma::ArrangedRows rows;
    std::unique_ptr<polyagamma::Likelihood> likelihood;
    polyagamma::AdditiveModel model;
};

}  // namespace fixtures
