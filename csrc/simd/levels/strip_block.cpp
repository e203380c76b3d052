// Block loops of method 1.
#include "simd/levels/strip_block.hpp"

#include <cstring>

#include "pg/sampler.hpp"
#include "pg/strip.hpp"
#include "simd/level.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

namespace {

constexpr std::size_t kLanes = BlockStream::kLanes;
constexpr std::size_t kChunk = 256;  // elements whose words and table rows are in the L1 cache together

static_assert(kBlock % kChunk == 0 && kChunk % kLanes == 0, "blocks divide into whole chunks and lanes");

constexpr std::size_t padded(std::size_t n) {
    return (n + kLanes - 1) / kLanes * kLanes;
}

// A StripAddress each.
struct Addresses {
    std::uint32_t cell[kBlock];
    double tilt[kBlock];
};

// Elements whose attempt failed; more than once if they need more than one draw.
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
void try_chunk(BlockStream& stream, const StripTable& table, const Addresses& at, std::size_t start,
               std::size_t n, double* omega, Undecided& undecided) {
    Chunk chunk;
    std::uint32_t index[kChunk];
    const std::uint32_t* cell = at.cell + start;
    const double* tilt = at.tilt + start;
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

void set_addresses(const double* z, std::size_t n, Addresses& addresses) {
    for (std::size_t i = 0; i < n; ++i) {
        const StripAddress at = strip_address(z[i]);
        addresses.cell[i] = at.cell;
        addresses.tilt[i] = at.tilt;
    }
    for (std::size_t i = n; i < padded(n); ++i) addresses.cell[i] = 0;  // looked up in vain
}

// A batch of elements, and the workspace to draw for them.
class Batch {
  public:
    Batch(BlockStream& stream, const double* z, std::size_t n) : stream_(stream), table_(strip_table()) {
        set_addresses(z, n, all_);
    }

    void draw(const std::size_t* active, std::size_t rounds, double* out) {
        attempt(all_, active[0], out, wanted_);
        for (std::size_t r = 1; r < rounds; ++r) {
            attempt(all_, active[r], omega_, wanted_);
            for (std::size_t i = 0; i < active[r]; ++i) out[i] += omega_[i];
            while (wanted_.n > kBlock) retry(out);
        }
        while (wanted_.n > kLanes) retry(out);
        finish(out);
    }

  private:
    // One attempt for each element: omega[i] if accepted; else omega[i] = 0 and i joins `rejected`.
    void attempt(const Addresses& at, std::size_t n, double* omega, Indices& rejected) {
        undecided_.n = 0;
        for (std::size_t start = 0; start < n; start += kChunk) {
            const std::size_t m = n - start < kChunk ? n - start : kChunk;
            try_chunk(stream_, table_, at, start, m, omega, undecided_);
        }
        resolve(undecided_);
        for (std::size_t k = 0; k < undecided_.n; ++k) {
            const std::uint32_t i = undecided_.index[k];
            omega[i] = undecided_.omega[k];
            rejected.index[rejected.n] = i;
            rejected.n += undecided_.omega[k] > 0.0 ? 0 : 1;
        }
    }

    // Tries the last wanted elements again, as many as fit a block; the rejected stay wanted.
    void retry(double* out) {
        const std::size_t n = wanted_.n < kBlock ? wanted_.n : kBlock;
        wanted_.n -= n;
        const std::uint32_t* index = wanted_.index + wanted_.n;
        for (std::size_t k = 0; k < padded(n); ++k) {
            const std::uint32_t i = index[k < n ? k : 0];
            again_.cell[k] = all_.cell[i];
            again_.tilt[k] = all_.tilt[i];
        }
        rejected_.n = 0;
        attempt(again_, n, omega_, rejected_);
        for (std::size_t k = 0; k < n; ++k) out[index[k]] += omega_[k];
        for (std::size_t k = 0; k < rejected_.n; ++k) wanted_.index[wanted_.n++] = index[rejected_.index[k]];
    }

    // The last few, one by one.
    void finish(double* out) {
        for (std::size_t k = 0; k < wanted_.n; ++k) {
            const std::uint32_t i = wanted_.index[k];
            out[i] += draw_strip(stream_, table_, {all_.cell[i], all_.tilt[i]});
        }
    }

    BlockStream& stream_;
    const StripTable& table_;
    Addresses all_;
    Addresses again_;
    Indices wanted_;
    Indices rejected_;
    Undecided undecided_;
    double omega_[kBlock];
};

}  // namespace

void fill_strips(BlockStream& stream, const double* z, std::size_t n, const std::size_t* active,
                 std::size_t rounds, double* out) {
    Batch(stream, z, n).draw(active, rounds, out);
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
