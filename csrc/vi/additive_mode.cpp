#include "vi/additive_mode.hpp"

#include <algorithm>
#include <cmath>

#include "random/normals.hpp"
#include "terms/arrow_factor.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kRounds = 7, kNewtonSteps = 3, kDraws = 4, kMostHalvings = 12;

class Search {
  public:
    Search(const AdditiveModel& model, const Likelihood& likelihood, const double* extras, GaussianRows& rows,
           AdditiveGram& gram)
        : model_(model),
          likelihood_(likelihood),
          extras_(extras),
          rows_(rows),
          gram_(gram),
          factor_(model.design, model.prior, model.blas),
          at_(model),
          none_(likelihood.padded()),
          zeros_(model.design.size()),
          x_(model.design.size()) {
        evaluate();
    }

    // The quadratic approximation of the rows at x.
    void expand() {
        const RowCurves curves = row_curves(likelihood_, extras_, at_.eta);
        for (std::size_t i = 0; i < model_.design.rows(); ++i) {
            rows_.precision[i] = curves.precision[i];
            rows_.linear[i] = curves.slope[i] + curves.precision[i] * (at_.eta[i] - model_.offset[i]);
        }
        gram_.assign(rows_.precision.data(), rows_.linear.data());
    }

    // A Newton step of x given θ, halved until it is uphill.
    Status newton_step(const Vector& theta) {
        expand();
        const double before = log_density(theta);
        if (const Status status = factor_.assign(gram_, theta.data()); !status.ok()) return status;
        const Vector start = x_;
        Vector target(x_.size());
        factor_.effects(zeros_.data(), target.data());
        double share = 1.0;
        for (std::size_t i = 0; i < kMostHalvings; ++i, share *= 0.5) {
            for (std::size_t j = 0; j < x_.size(); ++j) x_[j] = start[j] + share * (target[j] - start[j]);
            evaluate();
            if (log_density(theta) >= before) return {};
        }
        x_ = start;
        evaluate();
        return {};
    }

    // θ of the covariances that draws of x have.
    Status fit_scales(BitGen& bitgen, Vector& theta) {
        expand();
        if (const Status status = factor_.assign(gram_, theta.data()); !status.ok()) return status;
        std::vector<Vector> draws(kDraws, Vector(x_.size()));
        Vector u(x_.size());
        for (Vector& draw : draws) {
            fill_normals(bitgen, u.data(), u.size());
            factor_.effects(u.data(), draw.data());
        }
        for (std::size_t k = 0; k < model_.prior.blocks().size(); ++k)
            if (model_.prior.blocks()[k].scales) fit_block(k, draws, theta);
        return {};
    }

  private:
    void evaluate() { evaluate_rows(model_, likelihood_, extras_, none_, x_.data(), at_); }

    double log_density(const Vector& theta) const {
        return at_.log_likelihood + model_.prior.log_density(theta.data(), x_.data());
    }

    // A level with the present variances is added, so that no variance vanishes.
    void fit_block(std::size_t k, const std::vector<Vector>& draws, Vector& theta) const {
        const EffectBlock& block = model_.prior.blocks()[k];
        const std::size_t q = block.columns;
        double* own = &theta[model_.prior.first_theta(k)];
        Vector covariance(q * q), products(q * q), values(block.scales->size());
        block.scales->to_natural(own, values.data());
        for (const Vector& draw : draws) {
            model_.prior.cross_products(k, draw.data(), products.data());
            for (std::size_t i = 0; i < q * q; ++i)
                covariance[i] += products[i] / static_cast<double>(kDraws);
        }
        for (std::size_t a = 0; a < q; ++a) covariance[a * q + a] += values[a] * values[a];
        for (double& entry : covariance) entry /= static_cast<double>(block.levels + 1);
        block.scales->from_covariance(covariance.data(), own);
    }

    const AdditiveModel& model_;
    const Likelihood& likelihood_;
    const double* extras_;
    GaussianRows& rows_;
    AdditiveGram& gram_;
    ArrowFactor factor_;
    RowsAt at_;  // at x
    GaussianRows none_;
    Vector zeros_, x_;
};

}  // namespace

Status additive_mode(const AdditiveModel& model, const Likelihood& likelihood, const double* extras,
                     BitGen& bitgen, GaussianRows& rows, AdditiveGram& gram, Vector& theta) {
    Search search(model, likelihood, extras, rows, gram);
    for (std::size_t round = 0; round < kRounds; ++round) {
        for (std::size_t step = 0; step < kNewtonSteps; ++step)
            if (const Status status = search.newton_step(theta); !status.ok()) return status;
        if (const Status status = search.fit_scales(bitgen, theta); !status.ok()) return status;
    }
    search.expand();
    return {};
}

}  // namespace polyagamma
