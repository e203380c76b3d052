#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>

#include "linalg/aligned.hpp"
#include "simd/loops.hpp"
#include "tests/model_fixtures.hpp"

using namespace polyagamma;

namespace {

constexpr std::size_t kRows = 104;  // whole panels

Vector normals(fixtures::Generator& random) {
    Vector all(kRows);
    for (double& value : all) value = random.normal();
    return all;
}

}  // namespace

TEST_CASE("loops over columns of rows: definition, the same bits on every level") {
    fixtures::Generator random(57);
    const Vector x = normals(random), y = normals(random), w = normals(random), r = normals(random);
    double dot = 0.0, weighted = 0.0;
    for (std::size_t i = 0; i < kRows; ++i) {
        dot += x[i] * r[i];
        weighted += x[i] * w[i] * y[i];
    }
    const ColumnLoops& baseline = find_loops("baseline")->columns;
    CHECK(baseline.dot(x.data(), r.data(), kRows) == doctest::Approx(dot).epsilon(1e-13));
    CHECK(baseline.weighted_dot(x.data(), w.data(), y.data(), kRows) ==
          doctest::Approx(weighted).epsilon(1e-13));
    Vector rest(r);
    baseline.subtract(w.data(), 0.7, x.data(), -0.3, y.data(), kRows, rest.data());
    for (std::size_t i = 0; i < kRows; ++i)
        CHECK(rest[i] == doctest::Approx(r[i] - w[i] * (0.7 * x[i] - 0.3 * y[i])).epsilon(1e-13));
    for (const char* level : {"v3", "v4"}) {
        const Loops* other = find_loops(level);
        if (other == nullptr) continue;
        Vector found(r);
        other->columns.subtract(w.data(), 0.7, x.data(), -0.3, y.data(), kRows, found.data());
        CHECK(found == rest);
        CHECK(other->columns.dot(x.data(), r.data(), kRows) == baseline.dot(x.data(), r.data(), kRows));
        CHECK(other->columns.weighted_dot(x.data(), w.data(), y.data(), kRows) ==
              baseline.weighted_dot(x.data(), w.data(), y.data(), kRows));
    }
}

TEST_CASE("standard deviations of bounded scales: definition, the same bits on every level") {
    constexpr double kBound = 0.16;
    Vector log_square(37), v(37), sd(37);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = log_square[i] = 2.0 * static_cast<double>(i) - 40.0;
    find_loops("baseline")->scales.sds(v.data(), v.size(), kBound, sd.data());
    for (std::size_t i = 0; i < v.size(); ++i) {
        CHECK(v[i] == doctest::Approx(std::exp(log_square[i])).epsilon(1e-14));
        CHECK(sd[i] == doctest::Approx(std::sqrt(v[i] / (1.0 + v[i] * kBound))).epsilon(1e-14));
    }
    for (const char* level : {"v3", "v4"}) {
        const Loops* other = find_loops(level);
        if (other == nullptr) continue;
        Vector found(log_square), same(37);
        other->scales.sds(found.data(), found.size(), kBound, same.data());
        CHECK(found == v);
        CHECK(same == sd);
    }
}
