#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "pg/sampler.hpp"
#include "random/block_stream.hpp"
#include "simd/loops.hpp"
#include "tests/reference.hpp"

using namespace polyagamma;

namespace {

constexpr FillKey kKey = {{101, 202, 303, 404}};
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Parameter array(const std::vector<double>& values) {
    return {values.data(), 1};
}
Parameter constant(const double& value) {
    return {&value, 0};
}

// Parameters of every kernel, in no order.
struct Mixture {
    explicit Mixture(std::size_t n) : h(n), z(n) {
        BlockStream words(kKey.words.data(), ~std::uint64_t{0});
        const double shapes[] = {1, 1, 1, 2, 3, 8, 9, 0.3, 1.5, 7.3, 20, 300.7};
        const double scales[] = {0, 1, 5, 40};
        for (std::size_t i = 0; i < n; ++i) {
            h[i] = shapes[words.next() % 12];
            z[i] = scales[words.next() % 4] * (2 * uniform(words.next()) - 1);
        }
    }
    std::vector<double> h;
    std::vector<double> z;
};

std::vector<double> filled(Parameter h, Parameter z, std::size_t n, Method method = Method::automatic) {
    std::vector<double> out(n);
    fill(kKey, 0, h, z, n, out.data(), method);
    return out;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

// FNV-1a over the bytes of the draws, least significant first.
std::uint64_t hash(const std::vector<double>& values) {
    std::uint64_t state = 0xcbf29ce484222325u;
    for (double value : values) {
        std::uint64_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        for (int k = 0; k < 8; ++k) state = (state ^ ((bits >> (8 * k)) & 255)) * 0x100000001b3u;
    }
    return state;
}

// A caller's generator, as NumPy would hand it over.
struct Generator {
    std::mt19937_64 engine{20240607};
    BitGen bitgen{&engine, [](void* state) { return (*static_cast<std::mt19937_64*>(state))(); }, nullptr,
                  nullptr, nullptr};
};

}  // namespace

TEST_CASE("fill: every level, for every kernel, gives the bits on record") {
    const Mixture mixture(5000);
    std::vector<double> out(5000);
    for (const std::string level : {"baseline", "v3", "v4"}) {
        const Loops* simd = find_loops(level.c_str());
        if (simd == nullptr) continue;
        for (std::size_t start = 0; start < out.size(); start += kBlock) {
            const std::size_t n = std::min(kBlock, out.size() - start);
            simd->fill_block(kKey.words.data(), start / kBlock, {&mixture.h[start], 1},
                             {&mixture.z[start], 1}, n, &out[start], Method::automatic);
        }
        CAPTURE(level);
        CHECK(hash(out) == 0x2764128d7040a0d7u);
    }
    CHECK(same_bits(out, filled(array(mixture.h), array(mixture.z), 5000)));
}

TEST_CASE("fill: the number of threads changes no bit") {
    const std::size_t n = 100000;
    const Mixture mixture(n);
    const auto expected = filled(array(mixture.h), array(mixture.z), n);
    for (unsigned threads : {0u, 1u, 2u, 3u, 8u}) {
        std::vector<double> out(n);
        fill_threaded(kKey, 0, array(mixture.h), array(mixture.z), n, out.data(), Method::automatic, threads);
        CHECK(same_bits(out, expected));
    }
}

TEST_CASE("fill: cuts at whole blocks change no bit") {
    const std::size_t n = 10000;
    const Mixture mixture(n);
    const auto expected = filled(array(mixture.h), array(mixture.z), n);
    for (std::size_t blocks : {1u, 2u, 5u}) {
        std::vector<double> out(n);
        for (std::size_t start = 0; start < n; start += blocks * kBlock) {
            const std::size_t m = std::min(blocks * kBlock, n - start);
            fill(kKey, start / kBlock, {&mixture.h[start], 1}, {&mixture.z[start], 1}, m, &out[start]);
        }
        CHECK(same_bits(out, expected));
    }
}

TEST_CASE("fill: one parameter for all is an array of equal ones") {
    for (double h : {1.0, 3.0, 0.7, 12.0, -1.0}) {
        for (double z : {0.0, -2.5, 30.0}) {
            const auto expected = filled(constant(h), constant(z), 3000);
            CHECK(same_bits(filled(array(std::vector<double>(3000, h)), constant(z), 3000), expected));
            CHECK(same_bits(filled(constant(h), array(std::vector<double>(3000, z)), 3000), expected));
        }
    }
}

TEST_CASE("fill: the sign of z changes no bit") {
    Mixture mixture(3000);
    const auto expected = filled(array(mixture.h), array(mixture.z), 3000);
    for (double& z : mixture.z) z = -z;
    CHECK(same_bits(filled(array(mixture.h), array(mixture.z), 3000), expected));
}

TEST_CASE("fill: in place") {
    const Mixture mixture(3000);
    const auto expected = filled(array(mixture.h), array(mixture.z), 3000);
    auto h = mixture.h, z = mixture.z;
    fill(kKey, 0, array(mixture.h), array(z), 3000, z.data());
    fill(kKey, 0, array(h), array(mixture.z), 3000, h.data());
    CHECK(same_bits(z, expected));
    CHECK(same_bits(h, expected));
}

TEST_CASE("fill: what has no distribution is NaN, its neighbours are draws, nothing hangs") {
    const std::vector<double> bad_h = {0.0, -0.0, -1.0, -0.5, kInf, -kInf, kNan}, bad_z = {kInf, -kInf, kNan};
    std::vector<double> h = {1.0}, z = {1.0};
    for (double bad : bad_h) {
        h.insert(h.end(), {bad, 2.0, 2.5});
        z.insert(z.end(), {1.0, 1.0, 100.0});
    }
    for (double bad : bad_z) {
        h.insert(h.end(), {1.0, 4.0, 1e6});
        z.insert(z.end(), {bad, 0.0, 3.0});
    }
    for (Method method : {Method::automatic, Method::strip, Method::inverse_gaussian}) {
        const auto out = filled(array(h), array(z), h.size(), method);
        Generator generator;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const bool bad = i % 3 == 1;
            CHECK(std::isnan(out[i]) == bad);
            CHECK(std::isnan(draw(generator.bitgen, h[i], z[i], method)) == bad);
            if (!bad) CHECK(out[i] > 0);
        }
    }
}

TEST_CASE("fill: nothing to do") {
    fill(kKey, 0, {nullptr, 1}, {nullptr, 0}, 0, nullptr);
    fill_threaded(kKey, 0, {nullptr, 1}, {nullptr, 0}, 0, nullptr, Method::automatic, 2);
}

TEST_CASE("fill: draws follow PG(h, z) for every kernel, forced or chosen") {
    // 3 × 9 × 4 z-scores of 2e5 draws; |z| ≤ 5.8 fails by chance with probability 1e-6.
    const std::size_t n = 200000;
    for (Method method : {Method::automatic, Method::strip, Method::inverse_gaussian}) {
        for (double h : {1.0, 8.0, 9.0}) {
            for (double z : {0.3, 7.77, 16.5}) {
                CAPTURE(h);
                CAPTURE(z);
                CHECK(reference::worst_score(filled(constant(h), constant(z), n, method), h, z) < 5.8);
            }
        }
    }
}

TEST_CASE("fill: draws of mixed blocks follow their own parameters") {
    // For each of 4 × 3 classes of elements, 4 z-scores of about 2e4 draws.
    const std::size_t n = 240000;
    const double shapes[] = {1, 2, 5, 2.5}, tilts[] = {0.1, 2.0, 20.0};
    std::vector<double> h(n), z(n);
    for (std::size_t i = 0; i < n; ++i) {
        h[i] = shapes[mix64(i) % 4];
        z[i] = tilts[mix64(~i) % 3];
    }
    const auto out = filled(array(h), array(z), n);
    for (double shape : shapes) {
        for (double tilt : tilts) {
            std::vector<double> sample;
            for (std::size_t i = 0; i < n; ++i) {
                if (h[i] == shape && z[i] == tilt) sample.push_back(out[i]);
            }
            CHECK(sample.size() > n / 15);
            CHECK(reference::worst_score(sample, shape, tilt) < 5.8);
        }
    }
}

TEST_CASE("fill: blocks of method 1 follow PG(1, z) in body and tails") {
    // 4e6 draws each. Pearson's statistic of 200 cells or more is above 6.5 standard deviations by chance
    // with probability 1e-7.
    for (double z : {0.0, 0.9999, 4.0, 13.21}) {
        CAPTURE(z);
        CHECK(reference::pearson(filled(constant(1.0), constant(z), 4000000), z) < 6.5);
    }
}

TEST_CASE("draw: single draws follow PG(h, z)") {
    // 8 × 4 z-scores of 1e5 draws; |z| ≤ 5.6 fails by chance with probability 1e-6.
    Generator generator;
    for (double h : {1.0, 4.0, 0.4, 30.0}) {
        for (double z : {-1.0, 50.0}) {
            std::vector<double> sample(100000);
            for (double& x : sample) x = draw(generator.bitgen, h, z);
            CHECK(reference::worst_score(sample, h, z) < 5.6);
        }
    }
}

TEST_CASE("fill key: four words of the caller's generator") {
    Generator generator, same;
    const FillKey key = FillKey::from(generator.bitgen);
    for (std::uint64_t word : key.words) CHECK(word == same.engine());
    CHECK(generator.engine() == same.engine());
}
