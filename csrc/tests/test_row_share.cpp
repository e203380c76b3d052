#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "linalg/dense.hpp"
#include "mcmc/row_share.hpp"
#include "terms/augmented_pass.hpp"
#include "terms/distant_rows.hpp"
#include "terms/gradient_pass.hpp"
#include "tests/class_fixtures.hpp"
#include "tests/model_fixtures.hpp"
#include "vi/curvature.hpp"

using namespace polyagamma;

namespace {

// Rows [first, last) of a problem.
fixtures::Problem some_rows(const fixtures::Problem& all, std::size_t first, std::size_t last) {
    fixtures::Problem some(all);
    some.n = last - first;
    const auto cut = [&](std::vector<double>& values, std::size_t columns) {
        values = {values.begin() + static_cast<std::ptrdiff_t>(first * columns),
                  values.begin() + static_cast<std::ptrdiff_t>(last * columns)};
    };
    cut(some.design, some.p);
    for (std::vector<double>* values : {&some.shape, &some.kappa, &some.offset}) cut(*values, 1);
    return some;
}

// Shares of some units each, in this process.
class Shares final : public DistantRows {
  public:
    Shares(const fixtures::Problem& problem, std::size_t in_share) : units_(problem.n, problem.p) {
        for (std::size_t unit = 0; unit < units_.count(); unit += in_share) {
            const RowUnits::Range rows = units_.rows(unit, unit + in_share);
            problems_.push_back(some_rows(problem, rows.begin, rows.end));
            models_.emplace_back(problems_.back());
            shares_.emplace_back(models_.back(), units_, unit, unit + in_share);
        }
    }

    std::size_t count() const { return shares_.size(); }

    void assign(const Vector& centre, const Vector& basis) override {
        for (RowShare& share : shares_) share.assign(centre.data(), basis.data());
    }
    void gradients(const Vector& u, const Vector& extras, bool values, Vector& sums) override {
        collect(sums, [&](const RowShare& share) {
            return share.gradients(u.data(), u.size() / share.size(), extras, values);
        });
    }
    void augmented(const Vector& u, const Vector& extras, std::size_t predictor,
                   const std::vector<FillKey>& keys, bool values, Vector& sums) override {
        collect(sums, [&](const RowShare& share) {
            return share.augmented(u.data(), u.size() / share.size(), extras, predictor, keys, values);
        });
    }
    void add_curvature(const Vector& u, const Vector& extras, Vector& gram) override {
        for (const RowShare& share : shares_) {
            const std::size_t points = u.size() / share.size();
            const Vector sums =
                share.curvatures(u.data(), points, extras, units_.chained() ? gram.data() : nullptr);
            if (units_.chained()) {
                gram = sums;
                continue;
            }
            for (std::size_t i = 0; i < sums.size(); ++i) gram[i % gram.size()] += sums[i];
        }
    }
    void add_extra_sums(const Vector& u, const Vector& extras, Vector& lanes) override {
        for (const RowShare& share : shares_) lanes = share.extra_sums(u.data(), extras, lanes);
    }

  private:
    template <class Ask>
    void collect(Vector& sums, Ask ask) const {
        auto to = sums.begin();
        for (const RowShare& share : shares_) {
            const Vector own = ask(share);
            to = std::copy(own.begin(), own.end(), to);
        }
        CHECK(to == sums.end());
    }

    RowUnits units_;
    std::deque<fixtures::Problem> problems_;
    std::deque<fixtures::OwnedModel> models_;
    std::deque<RowShare> shares_;
};

struct Found {
    std::vector<Density> densities;
    Vector right_hand_sides, precisions, curvature;
};

// What chains learn of the rows at some points, in coordinates of their own.
Found found(const LinearModel& model, const std::vector<Vector>& points, const std::vector<FillKey>& keys) {
    const std::size_t k = model.prior.size(), chains = points.size();
    Whitening whitening(model);
    Vector basis = identity(k);
    for (std::size_t i = 0; i < k; ++i) basis[i * k] += 0.25;
    whitening.move(model, points.back().data(), basis.data());
    const ChainPosterior posterior{&model.likelihood, &whitening.prior()};
    const std::vector<const ChainPosterior*> posteriors(chains, &posterior);
    std::vector<const double*> u;
    for (const Vector& point : points) u.push_back(point.data());
    Found all{std::vector<Density>(chains, Density(k)), {}, {}, Vector(k * k)};
    std::vector<Density*> to;
    for (Density& density : all.densities) to.push_back(&density);
    Worker alone;
    GradientPass(posteriors, k, 1)
        .run(alone, whitening, u.data(), GradientPass::Wanted::gradient_and_value, to.data());
    AugmentedPass augmented(posteriors, k, 1);
    augmented.run(alone, whitening, u.data(), keys, {true, true});
    for (std::size_t c = 0; c < chains; ++c) {
        Vector right_hand_side(k);
        const double* precision =
            augmented.precision(c, whitening.prior().precision(), right_hand_side.data());
        all.precisions.insert(all.precisions.end(), precision, precision + k * k);
        all.right_hand_sides.insert(all.right_hand_sides.end(), right_hand_side.begin(),
                                    right_hand_side.end());
        all.right_hand_sides.push_back(augmented.log_likelihood(c));
    }
    mean_precision(whitening, whitening.prior().full_precision(),
                   {{&model.likelihood, u[0]}, {&model.likelihood, u[1]}}, all.curvature.data());
    return all;
}

// Rows [first, last) of classes, as a model of their own.
struct SomeClasses {
    SomeClasses(const fixtures::Classes& all, std::size_t first, std::size_t last)
        : n(last - first),
          likelihood(
              Registry<Likelihood>::find(all.name)->make(n, {cut(all.trials, first), rows(all, first)})),
          model{{&all.x[first * all.p], n, all.p, false},
                Vector(2 * padded_rows(n)),
                *likelihood,
                *all.prior,
                reference::blas()} {
        const std::size_t stride = all.likelihood->padded();
        for (std::size_t k = 0; k < 2; ++k)
            std::copy_n(&all.model->offset[k * stride + first], n, &model.offset[k * padded_rows(n)]);
    }

    Vector cut(const Vector& values, std::size_t first) const {
        return {values.data() + first, values.data() + first + n};
    }
    Vector rows(const fixtures::Classes& all, std::size_t first) const {
        Vector both = cut(all.counts, first), second = cut(all.counts, all.n + first);
        both.insert(both.end(), second.begin(), second.end());
        return both;
    }

    std::size_t n;
    std::unique_ptr<Likelihood> likelihood;
    LinearModel model;
};

}  // namespace

TEST_CASE("shares of any number of units have the sums of all rows, bit for bit") {
    constexpr std::size_t kMany = (std::size_t{1} << 20) + 5;  // curvatures in strips
    for (const auto& [n, p, fewest] : {std::tuple<std::size_t, std::size_t, std::size_t>{1500, 3, 1},
                                       {5003, 3, 4},
                                       {20011, 40, 16},
                                       {kMany, 2, 16}}) {
        const fixtures::Problem problem = fixtures::make_problem(n, p, 31);
        fixtures::Generator random(32);
        std::vector<Vector> points(3, Vector(p));
        for (Vector& point : points)
            for (double& value : point) value = 0.3 * random.normal();
        std::vector<FillKey> keys;
        for (std::size_t c = 0; c < points.size(); ++c) keys.push_back(FillKey::from(*random.bitgen()));
        const fixtures::OwnedModel whole(problem);
        const Found expected = found(whole, points, keys);
        for (const std::size_t in_share : {1u, 2u, 4u}) {
            if (in_share > fewest) continue;
            Shares shares(problem, in_share);
            CHECK(shares.count() == fewest / in_share);
            fixtures::OwnedModel elsewhere(problem);
            elsewhere.distant = &shares;
            const Found told = found(elsewhere, points, keys);
            for (std::size_t c = 0; c < points.size(); ++c) {
                CHECK(told.densities[c].gradient == expected.densities[c].gradient);
                CHECK(told.densities[c].log_posterior == expected.densities[c].log_posterior);
            }
            CHECK(told.right_hand_sides == expected.right_hand_sides);
            CHECK(told.precisions == expected.precisions);
            CHECK(told.curvature == expected.curvature);
        }
    }
}

TEST_CASE("shares have the sums of each predictor given the others, bit for bit") {
    constexpr std::size_t kRows = 5003, kColumns = 3, kSize = 2 * kColumns, kChains = 3;
    for (const char* name : {"multinomial", "sequential"}) {
        const fixtures::Classes classes(name, kRows, kColumns);
        fixtures::Generator random(33);
        Vector points(kChains * kSize);
        for (double& value : points) value = 0.3 * random.normal();
        std::vector<FillKey> keys;
        std::vector<const double*> u;
        for (std::size_t c = 0; c < kChains; ++c) {
            keys.push_back(FillKey::from(*random.bitgen()));
            u.push_back(&points[c * kSize]);
        }
        const Whitening whitening(*classes.model);
        const ChainPosterior posterior{classes.likelihood.get(), &whitening.prior()};
        AugmentedPass whole(std::vector<const ChainPosterior*>(kChains, &posterior), kSize, 1);
        const RowUnits units(kRows, kSize, 2);
        REQUIRE(units.count() == 4);
        for (std::size_t k = 0; k < 2; ++k) {
            const Vector expected = whole.sums(whitening, u.data(), keys, {true, true, k});
            for (const std::size_t in_share : {1u, 2u}) {
                Vector told;
                for (std::size_t unit = 0; unit < units.count(); unit += in_share) {
                    const RowUnits::Range rows = units.rows(unit, unit + in_share);
                    const SomeClasses some(classes, rows.begin, rows.end);
                    const RowShare share(some.model, units, unit, unit + in_share);
                    const Vector own = share.augmented(points.data(), kChains, {}, k, keys, true);
                    told.insert(told.end(), own.begin(), own.end());
                }
                CHECK(told == expected);
            }
        }
    }
}
