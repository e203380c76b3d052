#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "random/block_stream.hpp"

using polyagamma::BlockStream;

namespace {

constexpr std::uint64_t kKey[4] = {1, 2, 3, 4};

std::vector<std::uint64_t> words_of(const std::uint64_t* key, std::uint64_t block, std::size_t n) {
    std::vector<std::uint64_t> words(n);
    BlockStream(key, block).fill(words.data(), n);
    return words;
}

int ones(std::uint64_t word) {
    int count = 0;
    for (; word != 0; word &= word - 1) ++count;
    return count;
}

// z-score of the number of equal bits of two sequences: standard normal if they are independent fair bits.
double agreement(const std::uint64_t* a, const std::uint64_t* b, std::size_t n, std::size_t step = 1) {
    double equal = 0;
    for (std::size_t i = 0; i < n; ++i) equal += 64 - ones(a[i * step] ^ b[i * step]);
    const double bits = 64.0 * static_cast<double>(n);
    return (equal - 0.5 * bits) / std::sqrt(0.25 * bits);
}

}  // namespace

TEST_CASE("block stream: xoshiro256++ from the documented states") {
    const std::uint64_t gamma = 0x9e3779b97f4a7c15u;
    const std::uint64_t block = 7, lane = 5;
    std::uint64_t s[4];
    for (std::uint64_t j = 0; j < 4; ++j) {
        s[j] = polyagamma::mix64(kKey[j] ^ polyagamma::mix64(8 * block + lane + (j + 1) * gamma));
    }
    const auto words = words_of(kKey, block, 80);
    const auto rotate = [](std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); };
    for (std::size_t i = lane; i < words.size(); i += 8) {
        CHECK(words[i] == rotate(s[0] + s[3], 23) + s[0]);
        const std::uint64_t t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = rotate(s[3], 45);
    }
}

TEST_CASE("block stream: cutting a fill does not change the words, next() continues it") {
    const auto whole = words_of(kKey, 3, 64);
    BlockStream stream(kKey, 3);
    std::vector<std::uint64_t> parts(40);
    stream.fill(parts.data(), 8);
    stream.fill(parts.data() + 8, 32);
    for (std::size_t i = 0; i < 40; ++i) CHECK(parts[i] == whole[i]);
    for (std::size_t i = 40; i < 64; ++i) CHECK(stream.next() == whole[i]);
}

TEST_CASE("block stream: blocks, lanes, lags and neighbouring keys are uncorrelated") {
    // About 4000 z-scores of 2^16 bits each; |z| ≤ 6 fails by chance with probability 8e-6.
    const std::size_t n = 1024;
    const std::uint64_t next_key[4] = {1, 2, 3, 5};
    double worst = 0;
    const auto note = [&worst](double z) { worst = std::fmax(worst, std::fabs(z)); };
    std::vector<std::vector<std::uint64_t>> blocks;
    for (std::uint64_t k = 0; k < 64; ++k) blocks.push_back(words_of(kKey, k, n));
    for (std::size_t a = 0; a < 64; ++a) {
        for (std::size_t b = a + 1; b < 64; ++b) note(agreement(blocks[a].data(), blocks[b].data(), n));
        note(agreement(blocks[a].data(), words_of(next_key, a, n).data(), n));
        for (std::size_t lag = 1; lag <= 16; ++lag) note(agreement(&blocks[a][lag], &blocks[a][0], n - lag));
        for (std::size_t lane = 1; lane < 8; ++lane)
            note(agreement(&blocks[a][lane], &blocks[a][0], n / 8, 8));
    }
    CHECK(worst <= 6.0);
}

TEST_CASE("block stream: first words of consecutive blocks are uniform, bit by bit") {
    // 8 lanes × 64 bits = 512 z-scores of 4096 blocks each; |z| ≤ 6 fails by chance with probability 1e-6.
    std::vector<double> count(512, 0.0);
    for (std::uint64_t k = 0; k < 4096; ++k) {
        const auto words = words_of(kKey, k, 8);
        for (std::size_t i = 0; i < 512; ++i)
            count[i] += static_cast<double>((words[i / 64] >> (i % 64)) & 1);
    }
    for (double c : count) CHECK(std::fabs(c - 2048.0) <= 6.0 * 32.0);
}

TEST_CASE("uniform: midpoints strictly inside the unit interval") {
    CHECK(polyagamma::uniform(0) == 0x1p-53);
    CHECK(polyagamma::uniform(~std::uint64_t{0}) == 1.0 - 0x1p-53);
    CHECK(polyagamma::uniform(std::uint64_t{1} << 63) == 0.5 + 0x1p-53);
}
