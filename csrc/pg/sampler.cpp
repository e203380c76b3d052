#include "pg/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "parallel/run_on_threads.hpp"
#include "pg/dispatcher.hpp"
#include "pg/inverse_gaussian.hpp"
#include "pg/strip.hpp"
#include "random/block_stream.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

namespace {

constexpr std::size_t kMinBlocksPerThread = 24;  // 0.1 ms of work, the cost of starting a thread

Parameter shifted(Parameter p, std::size_t by) {
    return {p.data + static_cast<std::ptrdiff_t>(by) * p.step, p.step};
}

double sum_of_strips(BitGenSource& words, double h, double z) {
    const StripTable& table = strip_table();
    const StripAddress at = strip_address(z);
    double sum = 0.0;
    for (double drawn = 0.0; drawn < h; drawn += 1.0) sum += draw_strip(words, table, at);
    return sum;
}

}  // namespace

FillKey FillKey::from(BitGen& bitgen) {
    FillKey key;
    for (std::uint64_t& word : key.words) word = bitgen.next_uint64(bitgen.state);
    return key;
}

double draw(BitGen& bitgen, double h, double z, Method method) {
    BitGenSource words(bitgen);
    const double chosen = choose_method(h, z, largest_sum(method));
    if (chosen == kNoDistribution) return std::numeric_limits<double>::quiet_NaN();
    if (chosen == kInverseGaussian) return draw_inverse_gaussian(words, h, std::fabs(z));
    return sum_of_strips(words, h, std::fabs(z));
}

void fill(const FillKey& key, std::uint64_t first_block, Parameter h, Parameter z, std::size_t n, double* out,
          Method method) {
    const Loops& level = loops();
    for (std::size_t start = 0; start < n; start += kBlock) {
        const std::uint64_t block = first_block + start / kBlock;
        level.fill_block(key.words.data(), block, shifted(h, start), shifted(z, start),
                         std::min(kBlock, n - start), out + start, method);
    }
}

void fill_threaded(const FillKey& key, std::uint64_t first_block, Parameter h, Parameter z, std::size_t n,
                   double* out, Method method, unsigned threads) {
    const std::size_t blocks = (n + kBlock - 1) / kBlock;
    const auto part = [&](std::size_t thread, std::size_t count) {
        const std::size_t first = blocks * thread / count, last = blocks * (thread + 1) / count;
        const std::size_t start = first * kBlock, stop = std::min(n, last * kBlock);
        fill(key, first_block + first, shifted(h, start), shifted(z, start), stop - start, out + start,
             method);
    };
    const std::size_t used = std::min<std::size_t>(threads, blocks / kMinBlocksPerThread);
    run_on_threads(used, part);
}

}  // namespace polyagamma
