// The block engine: sorts the elements of one block by method and hands each method one batch.
#include "simd/levels/fill_block.hpp"

#include <cstring>
#include <limits>

#include "pg/dispatcher.hpp"
#include "random/block_stream.hpp"
#include "simd/level.hpp"
#include "simd/levels/inverse_gaussian_block.hpp"
#include "simd/levels/strip_block.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The parameters of a block, copied so that `out` may be the array of a parameter.
struct Elements {
    double h[kBlock];
    double z[kBlock];  // |z|
    double method[kBlock];
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
        elements.method[i] = choose_method(elements.h[i], elements.z[i], largest);
        elements.z[i] = elements.z[i] < 0.0 ? -elements.z[i] : elements.z[i];
    }
}

bool all_equal(const double* x, std::size_t n) {
    std::size_t differing = 0;
    for (std::size_t i = 0; i < n; ++i) differing += x[i] == x[0] ? 0 : 1;
    return differing == 0;
}

// Elements of a block that one method draws.
struct Group {
    std::size_t n = 0;
    std::uint32_t index[kBlock];

    void add_if(bool worker, std::size_t i) {
        index[n] = static_cast<std::uint32_t>(i);
        n += worker ? 1 : 0;
    }
    void gather(const double* from, double* to) const {
        for (std::size_t k = 0; k < n; ++k) to[k] = from[index[k]];
    }
    void scatter(const double* from, double* to) const {
        for (std::size_t k = 0; k < n; ++k) to[index[k]] = from[k];
    }
};

// active[r] is the number of elements that need more than r draws of method 1, `rounds` how often it is not
// 0.
struct Rounds {
    std::size_t rounds = 0;
    std::size_t active[kMaxSum + 1];
};

std::size_t terms(double method) {
    return static_cast<std::size_t>(static_cast<int>(method));
}

void set_equal_rounds(double method, std::size_t n, Rounds& r) {
    r.rounds = terms(method);
    for (std::size_t k = 0; k < r.rounds; ++k) r.active[k] = n;
}

// Puts the elements that need most draws first, by counting.
void sort_by_rounds(const double* method, Group& group, Rounds& r) {
    std::size_t place[kMaxSum + 1];
    const Group unsorted = group;
    for (std::size_t& count : r.active) count = 0;
    for (std::size_t k = 0; k < group.n; ++k) ++r.active[terms(method[group.index[k]]) - 1];
    for (std::size_t k = kMaxSum; k-- > 0;) {
        r.active[k] += r.active[k + 1];
        r.rounds += r.active[k] > 0 ? 1 : 0;
    }
    for (std::size_t k = 0; k <= kMaxSum; ++k) place[k] = r.active[k];
    for (std::size_t k = 0; k < unsorted.n; ++k) {
        group.index[place[terms(method[unsorted.index[k]])]++] = unsorted.index[k];
    }
}

void draw_strips(BlockStream& stream, const Elements& elements, Group& group, double* out) {
    double method[kBlock], z[kBlock], drawn[kBlock];
    Rounds r;
    group.gather(elements.method, method);
    if (all_equal(method, group.n)) {
        set_equal_rounds(method[0], group.n, r);
    } else {
        sort_by_rounds(elements.method, group, r);
    }
    group.gather(elements.z, z);
    fill_strips(stream, z, group.n, r.active, r.rounds, drawn);
    group.scatter(drawn, out);
}

void draw_inverse_gaussians(BlockStream& stream, const Elements& elements, const Group& group, double* out) {
    double h[kBlock], z[kBlock], drawn[kBlock];
    group.gather(elements.h, h);
    group.gather(elements.z, z);
    fill_inverse_gaussian(stream, h, z, group.n, drawn);
    group.scatter(drawn, out);
}

void draw_mixed(BlockStream& stream, const Elements& elements, std::size_t n, double* out) {
    Group strips, inverse_gaussians;
    for (std::size_t i = 0; i < n; ++i) {
        strips.add_if(elements.method[i] > 0.0, i);
        inverse_gaussians.add_if(elements.method[i] == kInverseGaussian, i);
        out[i] = kNaN;  // for those of no group
    }
    if (strips.n > 0) draw_strips(stream, elements, strips, out);
    if (inverse_gaussians.n > 0) draw_inverse_gaussians(stream, elements, inverse_gaussians, out);
}

void draw_alike(BlockStream& stream, const Elements& elements, std::size_t n, double* out) {
    const double method = elements.method[0];
    if (method == kInverseGaussian) {
        fill_inverse_gaussian(stream, elements.h, elements.z, n, out);
    } else if (method == kNoDistribution) {
        for (std::size_t i = 0; i < n; ++i) out[i] = kNaN;
    } else {
        Rounds r;
        set_equal_rounds(method, n, r);
        fill_strips(stream, elements.z, n, r.active, r.rounds, out);
    }
}

}  // namespace

void fill_block(const std::uint64_t* key, std::uint64_t block, Parameter h, Parameter z, std::size_t n,
                double* out, Method method) {
    if (n == 0) return;
    BlockStream stream(key, block);
    Elements elements;
    read(h, z, n, method, elements);
    if (all_equal(elements.method, n)) {
        draw_alike(stream, elements, n, out);
    } else {
        draw_mixed(stream, elements, n, out);
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
