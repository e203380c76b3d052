#include "mcmc/coordinate_scales.hpp"

#include <cmath>
#include <vector>

#include "math/elementary.hpp"
#include "mcmc/one_coefficient.hpp"
#include "mcmc/pseudo_rows.hpp"
#include "random/variates.hpp"
#include "terms/additive_rows.hpp"
#include "terms/sparse_columns.hpp"

namespace polyagamma {

struct CoordinateScales::State {
    State(double* coordinates, BitGen& generator, double one_by_slab, std::size_t groups, std::size_t cells)
        : q(coordinates),
          bitgen(generator),
          bound(one_by_slab),
          variance(groups, Vector(cells)),
          weight(cells) {}

    double* q;
    BitGen& bitgen;
    double bound;  // 1/c²
    std::unique_ptr<SparseColumns> columns;
    Vector deviation;              // β − m
    std::vector<Vector> variance;  // in the middles of cells, of each group
    Vector weight;                 // of cells
};

std::unique_ptr<const CoordinateScales> CoordinateScales::make(const SparseDesign& design,
                                                               const NoncenteredShrinkage* prior) {
    if (prior == nullptr || prior->centred().local().fixed()) return nullptr;
    if (!augments_at_extras(design.likelihood())) return nullptr;
    return std::make_unique<CoordinateScales>(design, *prior, kTable);
}

CoordinateScales::CoordinateScales(const SparseDesign& design, const NoncenteredShrinkage& prior,
                                   const Table& table)
    : design_(design),
      prior_(prior),
      table_(table),
      positions_(design.predictors()),
      middle_(table.cells),
      log_prior_(table.cells) {
    const std::vector<std::size_t>& shrunk = prior.centred().shrunk();
    for (std::size_t i = 0; i < shrunk.size(); ++i) positions_[shrunk[i] / design.columns()].push_back(i);
    for (std::size_t cell = 0; cell < table_.cells; ++cell) {
        middle_[cell] = table_.least + table_.width * (static_cast<double>(cell) + 0.5);
        log_prior_[cell] = prior.centred().local().log_density(middle_[cell]);
    }
}

void CoordinateScales::load(State& at, std::size_t predictor) const {
    Vector beta(prior_.coefficients()), work(prior_.workspace());
    prior_.coefficients_at(at.q, beta.data(), work.data());
    const Vector eta = design_.predictors_at(beta.data());
    GaussianRows rows(design_.likelihood().padded());
    draw_residual_rows(design_.likelihood(), at.q + prior_.size(), predictor, eta, at.bitgen, rows);
    at.columns = std::make_unique<SparseColumns>(design_, rows);
    for (std::size_t j = 0; j < beta.size(); ++j) beta[j] -= prior_.centred().columns().mean[j];
    at.deviation.swap(beta);
}

void CoordinateScales::tabulate_variances(State& at) const {
    for (std::size_t group = 0; group < at.variance.size(); ++group)
        for (std::size_t cell = 0; cell < table_.cells; ++cell)
            at.variance[group][cell] = prior_.variance(at.q, group, middle_[cell], at.bound);
}

std::size_t CoordinateScales::choose_cell(State& at, const OneCoefficient& rows, std::size_t group) const {
    const double* v = at.variance[group].data();
    const double most = 0.5 * v[table_.cells - 1] * rows.h * rows.h / (1.0 + v[table_.cells - 1] * rows.a);
    double* weight = at.weight.data();
    double total = 0.0;
    for (std::size_t cell = 0; cell < table_.cells; ++cell) {
        const double spread = 1.0 + v[cell] * rows.a, log_evidence = 0.5 * v[cell] * rows.h * rows.h / spread;
        weight[cell] = exponential(log_prior_[cell] + log_evidence - most) / std::sqrt(spread);
        total += weight[cell];
    }
    double rest = uniform_variate(at.bitgen) * total;
    std::size_t cell = 0;
    while (cell + 1 < table_.cells && rest >= weight[cell]) rest -= weight[cell++];
    return cell;
}

// An independence sampler: the density is constant over each cell of what proposes.
void CoordinateScales::move_scale(State& at, const OneCoefficient& rows, std::size_t position) const {
    const std::size_t group = prior_.centred().columns().group[prior_.centred().shrunk()[position]];
    double& log_lambda = at.q[prior_.local_place(position)];
    const std::size_t chosen = choose_cell(at, rows, group);
    const double place = uniform_variate(at.bitgen), level = uniform_variate(at.bitgen);
    const double cell = std::floor((log_lambda - table_.least) / table_.width);
    if (!(cell >= 0.0 && cell < static_cast<double>(table_.cells))) return;  // it is proposed nowhere
    const double proposed = table_.least + table_.width * (static_cast<double>(chosen) + place);
    const auto log_density = [&](double value) {
        return prior_.centred().local().log_density(value) +
               rows.log_evidence(prior_.variance(at.q, group, value, at.bound));
    };
    const auto log_proposal = [&](std::size_t which) {
        return log_prior_[which] + rows.log_evidence(at.variance[group][which]);
    };
    const double ratio = log_density(proposed) - log_proposal(chosen) - log_density(log_lambda) +
                         log_proposal(static_cast<std::size_t>(cell));
    if (std::log(level) < ratio) log_lambda = proposed;
}

void CoordinateScales::update(State& at, std::size_t position) const {
    const ShrinkagePrior::Columns& columns = prior_.centred().columns();
    const std::size_t j = prior_.centred().shrunk()[position];
    const double unit = columns.unit[j];
    const SparseColumns::Sums sums = at.columns->of(j);
    const OneCoefficient rows{sums.square / (unit * unit),
                              (sums.slope + sums.square * at.deviation[j]) / unit};
    move_scale(at, rows, position);
    const double v = prior_.variance(at.q, columns.group[j], at.q[prior_.local_place(position)], at.bound);
    at.q[j] = rows.draw(v, at.bitgen);
    const double deviation = std::sqrt(v) * at.q[j] / unit;
    at.columns->change(j, deviation - at.deviation[j]);
    at.deviation[j] = deviation;
}

void CoordinateScales::move(double* q, BitGen& bitgen) const {
    State at(q, bitgen, prior_.bound(q), prior_.centred().groups(), table_.cells);
    tabulate_variances(at);
    for (std::size_t predictor = 0; predictor < positions_.size(); ++predictor) {
        load(at, predictor);
        std::vector<std::size_t> order(positions_[predictor]);
        shuffle(order, bitgen);
        for (const std::size_t position : order) update(at, position);
    }
}

}  // namespace polyagamma
