#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "simd/loops.hpp"

using namespace polyagamma;

namespace {

constexpr double kUntouched = 7.25;

double left_at(std::size_t i, std::size_t j) {
    return std::sin(0.7 * static_cast<double>(i) + 1.3 * static_cast<double>(j * j));
}
double right_at(std::size_t i, std::size_t j) {
    return std::cos(1.1 * static_cast<double>(i * j) + static_cast<double>(j));
}
double scale_at(std::size_t i) {
    return 0.5 + std::fabs(std::sin(static_cast<double>(i)));
}

struct Shape {
    std::size_t n, rows, columns;
    bool lower;
};
// Whole tiles, rows and groups, and those around them.
const std::vector<Shape> kShapes{{1, 1, 1, false},    {8, 4, 8, false},     {13, 3, 9, false},
                                 {150, 30, 30, true}, {150, 30, 30, false}, {128, 32, 32, true},
                                 {40, 17, 31, false}, {40, 31, 17, false},  {23, 7, 7, true},
                                 {64, 5, 25, true},   {64, 25, 5, true}};

template <class Element>
Vector pack(const Loops& loops, std::size_t n, std::size_t columns, Element element) {
    const std::size_t before = 2, after = 1;  // columns of the panels that are not asked for
    const std::size_t all = before + columns + after;
    Panels panels(n, all);
    Vector rows(n * all), scales(padded_rows(n), 1.0);
    for (std::size_t i = 0; i < n; ++i) {
        scales[i] = scale_at(i);
        for (std::size_t j = 0; j < all; ++j) rows[i * all + j] = j < before ? NAN : element(i, j - before);
    }
    panels.pack(0, n, rows.data());
    Vector packed(padded_rows(n) * kFactorColumns, NAN);
    loops.products.pack_scaled(panels.panel(0) + before * kPanelRows, panels.count(), all, columns,
                               scales.data(), packed.data());
    return packed;
}

constexpr std::size_t kSpare = 3;  // columns that must be left alone

Vector products(const Loops& loops, const Shape& shape, double factor) {
    const Vector left = pack(loops, shape.n, shape.rows, left_at);
    const Vector right = pack(loops, shape.n, shape.columns, right_at);
    const std::size_t stride = shape.columns + kSpare;
    Vector out(shape.rows * stride, kUntouched);
    loops.products.add_products(left.data(), right.data(), padded_rows(shape.n), factor,
                                {out.data(), stride, shape.rows, shape.columns, shape.lower});
    return out;
}

}  // namespace

TEST_CASE("products of packed columns are those of their matrices, and nothing else is written") {
    for (const Shape& shape : kShapes) {
        const Vector out = products(loops(), shape, -2.0);
        const std::size_t stride = shape.columns + kSpare;
        for (std::size_t i = 0; i < shape.rows; ++i) {
            for (std::size_t j = 0; j < stride; ++j) {
                double expected = kUntouched, most = 1.0;
                const bool inside = j < shape.columns && (!shape.lower || j <= i);
                for (std::size_t r = 0; inside && r < shape.n; ++r) {
                    const double product = scale_at(r) * left_at(r, i) * scale_at(r) * right_at(r, j);
                    expected -= 2.0 * product;
                    most += std::fabs(product);
                }
                CHECK(std::fabs(out[i * stride + j] - expected) <= 1e-14 * most * (inside ? 1.0 : 0.0));
            }
        }
    }
}

TEST_CASE("rows of packed columns are rescaled") {
    const std::size_t n = 11, columns = 5;
    const Vector packed = pack(loops(), n, columns, left_at);
    Vector scales(n), out(n * kFactorColumns, NAN);
    for (std::size_t i = 0; i < n; ++i) scales[i] = static_cast<double>(i) - 3.0;
    loops().products.rescale(packed.data(), n, scales.data(), out.data());
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < kFactorColumns; ++j) {
            const double before = j < columns ? scale_at(i) * left_at(i, j) : 0.0;
            CHECK(out[i * kFactorColumns + j] == scales[i] * before);
        }
}

TEST_CASE("products of packed columns have the same bits on every level") {
    const Loops& baseline = *find_loops("baseline");
    for (const char* level : {"v3", "v4"}) {
        const Loops* other = find_loops(level);
        if (other == nullptr) continue;
        for (const Shape& shape : kShapes) {
            const Vector expected = products(baseline, shape, 0.7), found = products(*other, shape, 0.7);
            CHECK(std::memcmp(expected.data(), found.data(), expected.size() * sizeof(double)) == 0);
        }
    }
}
