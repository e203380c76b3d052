#include <doctest/doctest.h>

#include "likelihood/binomial.hpp"
#include "likelihood/merge_rows.hpp"
#include "tests/model_fixtures.hpp"

using namespace polyagamma;

TEST_CASE("merged rows have the same log-posterior") {
    fixtures::Problem problem = fixtures::make_problem(200, 3, 80);
    for (std::size_t i = 0; i < 200; ++i) {
        for (std::size_t j = 0; j < 3; ++j)
            problem.design[3 * i + j] = static_cast<double>((i * (j + 3)) % 3);
        problem.offset[i] = i % 5 == 0 ? 0.5 : 0.0;
        problem.shape[i] = 1.0 + 0.5 * static_cast<double>(i % 4);
        problem.kappa[i] *= problem.shape[i];
    }
    problem.design[3] = -0.0;
    problem.design[12] = 0.0;
    const MergedRows merged = merge_rows(problem.design.data(), problem.offset.data(), 200, 3);
    REQUIRE(merged.n > 0);
    CHECK(merged.n <= 30);
    fixtures::Problem smaller = problem;
    smaller.n = merged.n;
    smaller.design.assign(merged.x.begin(), merged.x.end());
    const Binomial rows(problem.shape.data(), problem.kappa.data(), 200);
    const std::unique_ptr<Likelihood> likelihood = rows.merged(merged.place, merged.n);
    const PolyaGammaForm& form = *likelihood->polya_gamma();
    smaller.shape.assign(form.b, form.b + merged.n);
    smaller.kappa.assign(form.kappa, form.kappa + merged.n);
    smaller.offset.assign(merged.offset.begin(), merged.offset.end());
    const double beta[] = {0.3, -0.7, 1.1};
    CHECK(smaller.log_posterior(beta) == doctest::Approx(problem.log_posterior(beta)).epsilon(1e-12));
}

TEST_CASE("rows are merged only where that halves them") {
    const Vector x{1, 2, 2, 3}, ones(4, 1.0), offset(4);
    CHECK(merge_rows(x.data(), offset.data(), 4, 1).n == 0);
    const Vector twice{1, 2, 2, 1};
    CHECK(merge_rows(twice.data(), offset.data(), 4, 1).n == 2);
    const Vector offsets{0, 0, 1, 1};
    CHECK(merge_rows(twice.data(), offsets.data(), 4, 1).n == 0);
    const Vector none;
    CHECK(merge_rows(ones.data(), offset.data(), 4, 0).n == 1);  // an intercept alone
}
