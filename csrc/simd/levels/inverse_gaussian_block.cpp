// Block loops of method 2. They run over whole groups of 16 elements, so that no remainder is left to scalar
// code: the arrays are padded with copies of their first element.
#include "simd/levels/inverse_gaussian_block.hpp"

#include "pg/inverse_gaussian.hpp"
#include "pg/sampler.hpp"
#include "simd/level.hpp"

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

namespace {

constexpr std::size_t kChunk =
    128;  // elements whose words, polynomials and proposals fit the L1 cache together
constexpr std::size_t kGroup = 16;  // two vectors of words make two vectors of normals

static_assert(kBlock % kChunk == 0 && kChunk % kGroup == 0 && kGroup == 2 * BlockStream::kLanes,
              "blocks divide into whole chunks and groups");

constexpr std::size_t padded(std::size_t n) {
    return (n + kGroup - 1) / kGroup * kGroup;
}

// Elements that wait for their draws, and their envelopes.
struct Waiting {
    std::size_t n = 0;
    std::uint32_t index[kBlock];  // in the batch
    double b[kBlock];
    double c[kBlock];
    double b_plus_one[kBlock];
    double eps[kBlock];
    double mean[kBlock];
    double root[kBlock];
    double slope[kBlock];
    double level[kBlock];

    CorrectionScale scale(std::size_t i) const { return {b_plus_one[i], eps[i]}; }
    Envelope envelope(std::size_t i) const { return {mean[i], root[i], slope[i], level[i]}; }

    void set_scale(std::size_t i, CorrectionScale s) {
        b_plus_one[i] = s.b_plus_one;
        eps[i] = s.eps;
    }

    void set_envelope(std::size_t i, const Envelope& e) {
        mean[i] = e.mean;
        root[i] = e.root;
        slope[i] = e.slope;
        level[i] = e.level;
    }

    // All that an attempt needs; b and c have served when there are envelopes.
    void copy(std::size_t from, std::size_t to) {
        index[to] = index[from];
        set_scale(to, scale(from));
        set_envelope(to, envelope(from));
    }
};

// The polynomials of R_b of one b, made as they are needed.
struct PolynomialCache {
    bool made[kCorrectionPieces] = {};
    CorrectionPolynomial polynomial[kCorrectionPieces];

    const CorrectionPolynomial& get(const Point& point, CorrectionScale scale) {
        const CorrectionPiece& piece = correction_piece(point.place);
        const std::ptrdiff_t i = &piece - kCorrectionTable;
        if (!made[i]) {
            polynomial[i] = correction_polynomial(piece, scale);
            made[i] = true;
        }
        return polynomial[i];
    }
};

// Points of a chunk at which R_b is needed, and its polynomials there.
struct Points {
    double omega[kChunk];
    double x[kChunk];
    double t[kChunk];
    double dt_dx[kChunk];
    CorrectionPolynomial polynomial[kChunk];

    Point get(std::size_t i) const { return {omega[i], {x[i], t[i], dt_dx[i]}}; }

    void set(std::size_t i, const Point& point) {
        omega[i] = point.omega;
        x[i] = point.place.x;
        t[i] = point.place.t;
        dt_dx[i] = point.place.dt_dx;
    }
};

// `cache` is null where the shapes of the batch differ.
void set_polynomials(const Waiting& waiting, std::size_t start, std::size_t m, PolynomialCache* cache,
                     Points& points) {
    if (cache != nullptr) {
        for (std::size_t i = 0; i < m; ++i)
            points.polynomial[i] = cache->get(points.get(i), waiting.scale(start + i));
    } else {
        for (std::size_t i = 0; i < m; ++i)
            points.polynomial[i] = polynomial_at(points.get(i), waiting.scale(start + i));
    }
}

// One proposal for each element of a chunk, and the uniform that decides on it.
struct Proposals {
    double normal[kChunk];
    std::uint64_t word[kChunk];
    double omega[kChunk];
    double u[kChunk];
};

void propose(BlockStream& stream, const Waiting& waiting, std::size_t start, std::size_t m,
             Proposals& proposals) {
    const std::size_t half = m / 2;
    stream.fill(proposals.word, m);
    for (std::size_t i = 0; i < half; ++i) {
        const NormalPair pair = normal_pair(proposals.word[i], proposals.word[half + i]);
        proposals.normal[i] = pair.first;
        proposals.normal[half + i] = pair.second;
    }
    stream.fill(proposals.word, m);
    for (std::size_t i = 0; i < m; ++i) {
        const double u = uniform(proposals.word[i]);
        const std::size_t k = start + i;
        proposals.omega[i] =
            waiting.mean[k] * inverse_gaussian_ratio(waiting.root[k], proposals.normal[i], u).ratio;
    }
    stream.fill(proposals.word, m);
    for (std::size_t i = 0; i < m; ++i) proposals.u[i] = uniform(proposals.word[i]);
}

// The two kinds of envelopes that have block loops. Each makes envelopes for m elements from `start`, and
// sets margin[i], which is not negative where the proposal is accepted.

class Tangents {
  public:
    explicit Tangents(bool same_shape) : shared_(same_shape ? &cache_ : nullptr) {}

    void make_envelopes(Waiting& waiting, std::size_t start, std::size_t m) {
        Points points;
        for (std::size_t i = 0; i < m; ++i) {
            const std::size_t k = start + i;
            points.set(i, make_point(tangent_point(waiting.b[k], waiting.c[k]), waiting.scale(k)));
        }
        set_polynomials(waiting, start, m, shared_, points);
        for (std::size_t i = 0; i < m; ++i) {
            const std::size_t k = start + i;
            waiting.set_envelope(k, tangent_envelope(waiting.b[k], waiting.c[k], points.get(i),
                                                     waiting.eps[k], points.polynomial[i]));
        }
    }

    void decide(const Waiting& waiting, std::size_t start, std::size_t m, const Proposals& proposals,
                double* margin) {
        Points points;
        for (std::size_t i = 0; i < m; ++i)
            points.set(i, make_point(proposals.omega[i], waiting.scale(start + i)));
        set_polynomials(waiting, start, m, shared_, points);
        for (std::size_t i = 0; i < m; ++i) {
            const double bound =
                log_acceptance(waiting.envelope(start + i), points.get(i), points.polynomial[i]);
            margin[i] = bound - logarithm(proposals.u[i]);
        }
    }

  private:
    PolynomialCache cache_;
    PolynomialCache* shared_;
};

class Bare {
  public:
    void make_envelopes(Waiting& waiting, std::size_t start, std::size_t m) {
        for (std::size_t k = start; k < start + m; ++k) {
            waiting.set_envelope(k, bare_envelope(waiting.b[k], waiting.c[k]));
        }
    }

    void decide(const Waiting& waiting, std::size_t start, std::size_t m, const Proposals& proposals,
                double* margin) {
        for (std::size_t i = 0; i < m; ++i) {
            margin[i] = bare_squeeze(waiting.b_plus_one[start + i], proposals.omega[i]) - proposals.u[i];
        }
        for (std::size_t i = 0; i < m; ++i) {
            if (margin[i] < 0.0)
                margin[i] = exact_margin(waiting, start + i, proposals.omega[i], proposals.u[i]);
        }
    }

  private:
    static double exact_margin(const Waiting& waiting, std::size_t k, double omega, double u) {
        const Point point = make_point(omega, waiting.scale(k));
        return log_acceptance(waiting.envelope(k), point, polynomial_at(point, waiting.scale(k))) -
               logarithm(u);
    }
};

// Hands out the proposals of a chunk and keeps the elements whose proposals are rejected.
void settle(const Proposals& proposals, const double* margin, std::size_t start, std::size_t m,
            Waiting& waiting, std::size_t& kept, double* out) {
    std::uint32_t rejected[kChunk];
    std::size_t count = 0;
    for (std::size_t i = 0; i < m; ++i) {
        out[waiting.index[start + i]] = proposals.omega[i];  // if rejected, to be overwritten
        rejected[count] = static_cast<std::uint32_t>(start + i);
        count += margin[i] >= 0.0 ? 0 : 1;
    }
    for (std::size_t k = 0; k < count; ++k) waiting.copy(rejected[k], kept++);
}

// One attempt for each waiting element.
template <class Kind>
void attempt(BlockStream& stream, Kind& kind, Waiting& waiting, double* out) {
    Proposals proposals;
    double margin[kChunk];
    std::size_t kept = 0;
    for (std::size_t i = waiting.n; i < padded(waiting.n); ++i) waiting.copy(0, i);
    for (std::size_t start = 0; start < waiting.n; start += kChunk) {
        const std::size_t m = waiting.n - start < kChunk ? waiting.n - start : kChunk;
        propose(stream, waiting, start, padded(m), proposals);
        kind.decide(waiting, start, padded(m), proposals, margin);
        settle(proposals, margin, start, m, waiting, kept, out);
    }
    waiting.n = kept;
}

template <class Kind>
void draw_all(BlockStream& stream, Kind& kind, Waiting& waiting, bool all_same, double* out) {
    const std::size_t different = padded(all_same ? 1 : waiting.n);
    for (std::size_t i = waiting.n; i < different; ++i) {
        waiting.b[i] = waiting.b[0];
        waiting.c[i] = waiting.c[0];
    }
    for (std::size_t i = 0; i < different; ++i) waiting.set_scale(i, correction_scale(waiting.b[i]));
    for (std::size_t start = 0; start < different; start += kChunk) {
        kind.make_envelopes(waiting, start, different - start < kChunk ? different - start : kChunk);
    }
    for (std::size_t i = different; i < waiting.n; ++i) {
        waiting.set_scale(i, waiting.scale(0));
        waiting.set_envelope(i, waiting.envelope(0));
    }
    while (waiting.n > 0) attempt(stream, kind, waiting, out);
}

// The elements of one kind; their number is returned.
std::size_t collect(const double* h, const double* z, std::size_t n, EnvelopeKind kind, Waiting& waiting) {
    waiting.n = 0;
    for (std::size_t i = 0; i < n; ++i) {
        waiting.index[waiting.n] = static_cast<std::uint32_t>(i);
        waiting.b[waiting.n] = h[i];
        waiting.c[waiting.n] = z[i];
        waiting.n += envelope_kind(h[i], z[i]) == kind ? 1 : 0;
    }
    return waiting.n;
}

bool all_equal(const double* x, std::size_t n) {
    std::size_t differing = 0;
    for (std::size_t i = 0; i < n; ++i) differing += x[i] == x[0] ? 0 : 1;
    return differing == 0;
}

}  // namespace

void fill_inverse_gaussian(BlockStream& stream, const double* h, const double* z, std::size_t n,
                           double* out) {
    const bool same_shape = all_equal(h, n);
    const bool all_same = same_shape && all_equal(z, n);
    std::size_t left = n;
    Waiting waiting;
    left -= collect(h, z, n, EnvelopeKind::tangent, waiting);
    if (waiting.n > 0) {
        Tangents tangents(same_shape);
        draw_all(stream, tangents, waiting, all_same, out);
    }
    if (left == 0) return;
    left -= collect(h, z, n, EnvelopeKind::bare, waiting);
    if (waiting.n > 0) {
        Bare bare;
        draw_all(stream, bare, waiting, all_same, out);
    }
    for (std::size_t i = 0; left > 0 && i < n; ++i) {
        if (envelope_kind(h[i], z[i]) == EnvelopeKind::local) out[i] = draw_local(stream, h[i], z[i]);
    }
}

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
