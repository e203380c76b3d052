// The block engine: sorts the elements of one block by kernel and hands each kernel one batch.
#include "kernels/levels/fill_block.hpp"

#include <cmath>
#include <cstring>

#include "kernels/level.hpp"
#include "kernels/levels/strip_block.hpp"
#include "pg/dispatcher.hpp"
#include "pg/inverse_gaussian.hpp"
#include "random/block_stream.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

namespace {

// The parameters of a block, copied so that `out` may be the array of a parameter.
struct Elements {
    double h[kBlock];
    double z[kBlock];  // |z|
    double kernel[kBlock];
};

void copy(Parameter from, std::size_t n, double* to) {
    if (from.step == 0) {
        const double value = *from.data;
        for (std::size_t i = 0; i < n; ++i) to[i] = value;
    } else {
        std::memcpy(to, from.data, n * sizeof(double));
    }
}

void read(Parameter h, Parameter z, std::size_t n, Method method, Elements& elements) {
    const double largest = largest_sum(method);
    copy(h, n, elements.h);
    copy(z, n, elements.z);
    for (std::size_t i = 0; i < n; ++i) {
        elements.kernel[i] = choose_kernel(elements.h[i], elements.z[i], largest);
        elements.z[i] = elements.z[i] < 0.0 ? -elements.z[i] : elements.z[i];
    }
}

bool all_equal(const double* x, std::size_t n) {
    std::size_t differing = 0;
    for (std::size_t i = 0; i < n; ++i) differing += x[i] == x[0] ? 0 : 1;
    return differing == 0;
}

// The batches of a block are sorted by these keys: kernel 1 by falling shape, kernel 2, what has no
// distribution.
constexpr std::size_t kInverseGaussianKey = kMaxSum;
constexpr std::size_t kNoDistributionKey = kMaxSum + 1;
constexpr std::size_t kKeys = kMaxSum + 2;

std::size_t key_of(double kernel) {
    return kMaxSum - static_cast<std::size_t>(static_cast<int>(kernel));
}

// first[k] is the number of elements with keys below k: where those with key k begin in the sorted order.
struct Order {
    std::size_t first[kKeys + 1];
    std::uint32_t index[kBlock];
};

void sort_by_key(const double* kernel, std::size_t n, Order& order) {
    std::uint32_t key[kBlock];
    for (std::size_t i = 0; i < n; ++i) key[i] = static_cast<std::uint32_t>(key_of(kernel[i]));
    for (std::size_t& count : order.first) count = 0;
    for (std::size_t i = 0; i < n; ++i) ++order.first[key[i] + 1];
    for (std::size_t k = 0; k < kKeys; ++k) order.first[k + 1] += order.first[k];
    std::size_t next[kKeys];
    for (std::size_t k = 0; k < kKeys; ++k) next[k] = order.first[k];
    for (std::size_t i = 0; i < n; ++i) order.index[next[key[i]]++] = static_cast<std::uint32_t>(i);
}

// Draws for elements that are in the order of their keys.
void run_kernels(BlockStream& stream, const double* h, const double* z, const std::size_t* first,
                 double* out) {
    std::size_t active[kMaxSum];  // elements with shape > r
    std::size_t rounds = 0;
    for (; rounds < kMaxSum && first[kMaxSum - rounds] > 0; ++rounds) {
        active[rounds] = first[kMaxSum - rounds];
    }
    const std::size_t strips = first[kInverseGaussianKey];
    const std::size_t valid = first[kNoDistributionKey];
    if (strips > 0) fill_strips(stream, z, strips, active, rounds, out);
    for (std::size_t i = strips; i < valid; ++i) out[i] = draw_inverse_gaussian(stream, h[i], z[i]);
    for (std::size_t i = valid; i < first[kKeys]; ++i) out[i] = HUGE_VAL - HUGE_VAL;
}

void run_uniform(BlockStream& stream, const Elements& elements, std::size_t n, double* out) {
    std::size_t first[kKeys + 1];
    for (std::size_t k = 0; k <= kKeys; ++k) first[k] = k > key_of(elements.kernel[0]) ? n : 0;
    run_kernels(stream, elements.h, elements.z, first, out);
}

void run_mixed(BlockStream& stream, const Elements& elements, std::size_t n, double* out) {
    Order order;
    sort_by_key(elements.kernel, n, order);
    double h[kBlock], z[kBlock], sorted[kBlock];
    for (std::size_t k = 0; k < n; ++k) {
        h[k] = elements.h[order.index[k]];
        z[k] = elements.z[order.index[k]];
    }
    run_kernels(stream, h, z, order.first, sorted);
    for (std::size_t k = 0; k < n; ++k) out[order.index[k]] = sorted[k];
}

}  // namespace

void fill_block(const std::uint64_t* key, std::uint64_t block, Parameter h, Parameter z, std::size_t n,
                double* out, Method method) {
    if (n == 0) return;
    BlockStream stream(key, block);
    Elements elements;
    read(h, z, n, method, elements);
    if (all_equal(elements.kernel, n)) {
        run_uniform(stream, elements, n, out);
    } else {
        run_mixed(stream, elements, n, out);
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
