// Block loops of kernel 1. All loops run over whole groups of BlockStream::kLanes elements (the arrays are
// padded), so that no remainder is left to scalar code.
#include "kernels/levels/strip_block.hpp"

#include <cstring>

#include "kernels/level.hpp"
#include "pg/sampler.hpp"
#include "pg/strip.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

namespace {

constexpr std::size_t kLanes = BlockStream::kLanes;
constexpr std::size_t kChunk = 256;  // elements whose words and table rows are in the L1 cache together

static_assert(kBlock % kChunk == 0 && kChunk % kLanes == 0, "blocks divide into whole chunks and lanes");

constexpr std::size_t padded(std::size_t n) {
    return (n + kLanes - 1) / kLanes * kLanes;
}

// One attempt each: where to look and by how much the cell's density is tilted.
struct Attempts {
    std::size_t n;
    std::uint32_t cell[kBlock];
    double tilt[kBlock];
};

// Indices of elements whose attempt failed.
struct Indices {
    std::size_t n = 0;
    std::uint32_t index[2 * kBlock];
};

// Random words of a chunk, and the table rows that they choose.
struct Chunk {
    std::uint64_t place[kChunk];
    std::uint64_t height[kChunk];
    StripRow row[kChunk];
};

// Proposals that were not accepted at once (fields of StripTest), and the elements they are for.
struct Undecided {
    std::size_t n = 0;
    std::uint32_t index[kBlock];
    double origin[kBlock];
    double width[kBlock];
    double area[kBlock];
    double tail_mean[kBlock];
    double half_square[kBlock];
    std::uint64_t place[kBlock];
    std::uint64_t height[kBlock];
    double omega[kBlock];
};

void draw_words(BlockStream& stream, std::size_t n, Chunk& chunk) {
    stream.fill(chunk.place, n);
    stream.fill(chunk.height, n);
}

void look_up(const StripTable& table, const std::uint32_t* cell, std::size_t n, Chunk& chunk) {
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t at = cell[i] * kStrips + strip_index(chunk.place[i]);
        std::memcpy(&chunk.row[i], &table.rows[at], sizeof(StripRow));
    }
}

// omega[i] of every proposal; lists the indices of those that were not accepted at once and returns their
// number.
std::size_t propose(const Chunk& chunk, const double* tilt, std::size_t n, double* omega,
                    std::uint32_t* undecided) {
    double margin[kChunk];
    for (std::size_t i = 0; i < n; ++i) {
        const StripProposal p = strip_propose(chunk.row[i], tilt[i], chunk.place[i], chunk.height[i]);
        omega[i] = p.omega;
        margin[i] = p.margin;
    }
    std::size_t count = 0;
    for (std::size_t i = 0; i < n; ++i) {
        undecided[count] = static_cast<std::uint32_t>(i);
        count += bits_of(margin[i]) >> 63;
    }
    return count;
}

void add(Undecided& undecided, std::uint32_t index, const StripTest& test) {
    const std::size_t k = undecided.n++;
    undecided.index[k] = index;
    undecided.origin[k] = test.origin;
    undecided.width[k] = test.width;
    undecided.area[k] = test.area;
    undecided.tail_mean[k] = test.tail_mean;
    undecided.half_square[k] = test.half_square;
    undecided.place[k] = test.place;
    undecided.height[k] = test.height;
}

// One chunk of an attempt: omega[i] of every proposal, and those that are undecided.
void try_chunk(BlockStream& stream, const StripTable& table, const Attempts& attempts, std::size_t start,
               std::size_t n, double* omega, Undecided& undecided) {
    Chunk chunk;
    std::uint32_t index[kChunk];
    const std::uint32_t* cell = attempts.cell + start;
    const double* tilt = attempts.tilt + start;
    draw_words(stream, padded(n), chunk);
    look_up(table, cell, padded(n), chunk);
    const std::size_t count = propose(chunk, tilt, n, omega + start, index);
    for (std::size_t k = 0; k < count; ++k) {
        const std::uint32_t i = index[k];
        add(undecided, static_cast<std::uint32_t>(start) + i,
            strip_test(chunk.row[i], table.cells[cell[i]], tilt[i], chunk.place[i], chunk.height[i]));
    }
}

// The exact tests. The last group is filled up with copies of the first proposal.
void resolve(Undecided& u) {
    if (u.n == 0) return;
    const std::size_t n = u.n;
    const StripTest first = {u.origin[0],      u.width[0], u.area[0],  u.tail_mean[0],
                             u.half_square[0], u.place[0], u.height[0]};
    while (u.n < padded(n)) add(u, 0, first);
    u.n = n;
    for (std::size_t k = 0; k < padded(n); ++k) {
        u.omega[k] = strip_resolve(
            {u.origin[k], u.width[k], u.area[k], u.tail_mean[k], u.half_square[k], u.place[k], u.height[k]});
    }
}

// One attempt for each element: omega[i] if accepted; else omega[i] = 0 and i joins `rejected`.
void attempt(BlockStream& stream, const StripTable& table, const Attempts& attempts, std::size_t n,
             double* omega, Indices& rejected) {
    Undecided undecided;
    for (std::size_t start = 0; start < n; start += kChunk) {
        try_chunk(stream, table, attempts, start, n - start < kChunk ? n - start : kChunk, omega, undecided);
    }
    resolve(undecided);
    for (std::size_t k = 0; k < undecided.n; ++k) {
        const std::uint32_t i = undecided.index[k];
        omega[i] = undecided.omega[k];
        rejected.index[rejected.n] = i;
        rejected.n += undecided.omega[k] > 0.0 ? 0 : 1;
    }
}

void set_attempts(const double* z, std::size_t n, Attempts& attempts) {
    for (std::size_t i = 0; i < n; ++i) {
        const StripAddress at = strip_address(z[i]);
        attempts.cell[i] = at.cell;
        attempts.tilt[i] = at.tilt;
    }
    for (std::size_t i = n; i < padded(n); ++i) {
        attempts.cell[i] = 0;
        attempts.tilt[i] = 0.0;
    }
}

// Tries the last elements of `wanted` again (as many as fit a block); the rejected stay.
void retry(BlockStream& stream, const StripTable& table, const Attempts& all, Indices& wanted, double* out) {
    Attempts attempts;
    Indices rejected;
    double omega[kBlock];
    const std::size_t n = wanted.n < kBlock ? wanted.n : kBlock;
    wanted.n -= n;
    const std::uint32_t* index = wanted.index + wanted.n;
    for (std::size_t k = 0; k < padded(n); ++k) {
        const std::uint32_t i = index[k < n ? k : 0];
        attempts.cell[k] = all.cell[i];
        attempts.tilt[k] = all.tilt[i];
    }
    attempt(stream, table, attempts, n, omega, rejected);
    for (std::size_t k = 0; k < n; ++k) out[index[k]] += omega[k];
    for (std::size_t k = 0; k < rejected.n; ++k) wanted.index[wanted.n++] = index[rejected.index[k]];
}

}  // namespace

void fill_strips(BlockStream& stream, const double* z, std::size_t n, const std::size_t* active,
                 std::size_t rounds, double* out) {
    const StripTable& table = strip_table();
    Attempts attempts;
    Indices wanted;
    set_attempts(z, n, attempts);
    attempt(stream, table, attempts, n, out, wanted);
    double omega[kBlock];
    for (std::size_t r = 1; r < rounds; ++r) {
        attempt(stream, table, attempts, active[r], omega, wanted);
        for (std::size_t i = 0; i < active[r]; ++i) out[i] += omega[i];
        while (wanted.n > kBlock) retry(stream, table, attempts, wanted, out);
    }
    while (wanted.n > 0) retry(stream, table, attempts, wanted, out);
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
