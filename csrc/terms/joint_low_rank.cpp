#include "terms/joint_low_rank.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "linalg/dense.hpp"
#include "math/log_product.hpp"
#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {
namespace {

// Whose packed columns are multiplied at a time: kFactorColumns of them are in the first-level cache.
constexpr std::size_t kBlockPanels = 16;
constexpr std::size_t kSums = 4;  // that do not wait for each other

}  // namespace

JointLowRank::JointLowRank(std::vector<std::unique_ptr<FunctionTerm>> functions, std::size_t n_theta,
                           const Blas& blas)
    : JointTerm(std::move(functions), n_theta),
      padded_(padded_rows(own_rows())),
      m_(process(0).n_features()),
      size_(n_functions() * m_),
      groups_((m_ + kFactorColumns - 1) / kFactorColumns),
      blas_(&blas),
      factorizer_(blas, size_),
      own_(n_functions()),
      block_rows_(std::min(kBlockPanels * kPanelRows, padded_)),
      packed_(n_functions() * groups_ * block_rows_ * kFactorColumns),
      rest_(block_rows_ * kFactorColumns),
      scales_(block_rows_),
      rows_(padded_),
      lanes_(m_ * kPanelRows),
      v_(size_),
      centre_(own_rows()),
      shift_(own_rows()),
      none_(noise_size()),
      coefficients_(size_ * kBatchChains),
      low_rank_(n_functions() * kBatchChains * padded_) {
    factorizer_.use_own_loops();
    const std::size_t n = own_rows();
    for (const Side side : {Side::current, Side::proposed}) {
        for (Buffers<Own>& one : own_)
            one[side] = {Vector(n), Vector(padded_), Vector(padded_), Vector(n), Vector(n), Vector(n), 0.0};
        joint_[side] = {Vector(padded_, 1.0), Vector(padded_, 1.0), Vector(n), Vector(size_ * size_),
                        Vector(size_)};
    }
}

void JointLowRank::weigh(std::size_t k, Side side, const double* d) {
    const Features& from = process(k).features(side);
    Own& to = own_[k][side];
    LogProduct shrinks;
    for (std::size_t i = 0; i < own_rows(); ++i) {
        const double s = from.variance[i], c = 1.0 / (1.0 + s * d[i]);
        to.shrink[i] = c;
        to.precision[i] = c * d[i];
        to.inverse_precision[i] = 1.0 / to.precision[i];
        to.variance[i] = s * c;
        to.root_variance[i] = std::sqrt(s * c);
        to.inverse_root[i] = s > 0.0 ? 1.0 / std::sqrt(s) : 0.0;
        shrinks.multiply(c);
    }
    to.log_shrink = shrinks.log();
}

void JointLowRank::find_total(Side side) {
    Joint& at = joint_[side];
    std::fill_n(at.total.begin(), own_rows(), 0.0);
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Vector& precision = own(k, side).precision;
        for (std::size_t i = 0; i < own_rows(); ++i) at.total[i] += precision[i];
    }
    for (std::size_t i = 0; i < own_rows(); ++i) at.inverse_root[i] = 1.0 / std::sqrt(at.total[i]);
}

// H_k = Λ^-½Λ_kΦ_k of a block of rows, packed.
void JointLowRank::pack(Side side, const Block& block) {
    const double* inverse_root = &joint_[side].inverse_root[block.panel * kPanelRows];
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const double* panels = features(k, side).matrix.panel(block.panel);
        const double* precision = &own(k, side).precision[block.panel * kPanelRows];
        for (std::size_t i = 0; i < block.rows(); ++i) scales_[i] = precision[i] * inverse_root[i];
        for (std::size_t group = 0; group < groups_; ++group)
            loops().products.pack_scaled(panels + group * kFactorColumns * kPanelRows, block.panels, m_,
                                         width(group), scales_.data(), packed(k, group));
    }
}

// Of function k, Φ_kᵀ(Λ_k - Λ_k²/Λ)Φ_k = H_kᵀ(Λ/Λ_k - 1)H_k.
void JointLowRank::add_own_products(std::size_t k, Side side, const Block& block, Vector& precision) {
    const double* total = &joint_[side].total[block.panel * kPanelRows];
    const double* of_function = &own(k, side).precision[block.panel * kPanelRows];
    const double* inverse = &own(k, side).inverse_precision[block.panel * kPanelRows];
    for (std::size_t i = 0; i < block.rows(); ++i) scales_[i] = (total[i] - of_function[i]) * inverse[i];
    for (std::size_t a = 0; a < groups_; ++a) {
        loops().products.rescale(packed(k, a), block.rows(), scales_.data(), rest_.data());
        for (std::size_t b = 0; b <= a; ++b)
            loops().products.add_products(rest_.data(), packed(k, b), block.rows(), 1.0,
                                          product_block(precision, {k, a}, {k, b}));
    }
}

// -H_kᵀH_l.
void JointLowRank::subtract_shared_products(std::size_t k, std::size_t l, const Block& block,
                                            Vector& precision) {
    for (std::size_t a = 0; a < groups_; ++a)
        for (std::size_t b = 0; b < groups_; ++b)
            loops().products.add_products(packed(k, a), packed(l, b), block.rows(), -1.0,
                                          product_block(precision, {k, a}, {l, b}));
}

ProductBlock JointLowRank::product_block(Vector& precision, Columns rows, Columns columns) const {
    const auto first = [&](Columns at) { return at.function * m_ + at.group * kFactorColumns; };
    return {&precision[first(rows) * size_ + first(columns)], size_, width(rows.group), width(columns.group),
            rows.function == columns.function && rows.group == columns.group};
}

// P = G Gᵀ.
Status JointLowRank::factor(Side side) {
    Vector& precision = joint_[side].factor;
    for (std::size_t j = 0; j < size_; ++j) {
        std::fill_n(&precision[j * size_], j, 0.0);
        precision[j * size_ + j] = 1.0;
    }
    const std::size_t panels = panels_for(own_rows()), most = block_rows_ / kPanelRows;
    for (std::size_t first = 0; first < panels; first += most) {
        const Block block{first, std::min(most, panels - first)};
        pack(side, block);
        for (std::size_t k = 0; k < n_functions(); ++k) {
            for (std::size_t l = 0; l < k; ++l) subtract_shared_products(k, l, block, precision);
            add_own_products(k, side, block, precision);
        }
    }
    return factorizer_.cholesky(precision.data()).ok() ? Status{} : Status{Status::Kind::not_finite};
}

// For linear terms ℓ: the centre Λ⁻¹Σcℓ, and v_k = Φ_kᵀw_k with w_k = c_kℓ_k - Λ_k centre. Returns Σ w² / Λ.
double JointLowRank::project(Side side, const double* linear, double* centre, double* v) {
    const std::size_t n = own_rows();
    std::fill_n(centre, n, 0.0);
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Vector& shrink = own(k, side).shrink;
        for (std::size_t i = 0; i < n; ++i) centre[i] += shrink[i] * linear[k * n + i];
    }
    const Vector& inverse_root = joint_[side].inverse_root;
    for (std::size_t i = 0; i < n; ++i) centre[i] *= inverse_root[i] * inverse_root[i];
    std::fill(rows_.begin() + static_cast<std::ptrdiff_t>(n), rows_.end(), 0.0);
    double squares[kSums] = {};
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Own& one = own(k, side);
        for (std::size_t i = 0; i < n; ++i)
            rows_[i] = one.shrink[i] * linear[k * n + i] - one.precision[i] * centre[i];
        for (std::size_t i = 0; i < n; ++i)
            squares[i % kSums] += rows_[i] * rows_[i] * one.inverse_precision[i];
        std::fill(lanes_.begin(), lanes_.end(), 0.0);
        loops().model.transposed(features(k, side).matrix.panel(0), panels_for(n), m_, rows_.data(), 1,
                                 padded_, lanes_.data());
        for (std::size_t j = 0; j < m_; ++j) v[k * m_ + j] = sum_lanes(&lanes_[j * kPanelRows]);
    }
    return squares[0] + squares[1] + squares[2] + squares[3];
}

// But for Σ log d, which θ does not change, Π N(z_k; Φ_kv_k + shift, Λ_k⁻¹) with shift and v integrated out
// is ½ ΣΣ log c - ½ Σ log Λ - ½ Σ w² / Λ - ½ log |P| + ½ bᵀP⁻¹b, with w and b as in `project`.
Status JointLowRank::condition(Side side, const PseudoData& rows, double& log_evidence) {
    log_evidence = 0.0;
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Side at = side_of(side, k);
        if (!known(k, at)) weigh(k, at, rows.precision + k * own_rows());
        set_known(k, at);
        log_evidence += 0.5 * own_[k][at].log_shrink;
    }
    find_total(side);
    if (const Status result = factor(side); !result.ok()) return result;
    Joint& joint = joint_[side];
    log_evidence -= 0.5 * project(side, rows.linear, joint.centre.data(), joint.mean.data());
    solve_lower(*blas_, joint.factor.data(), size_, joint.mean.data());
    log_evidence += 0.5 * dot(joint.mean.data(), joint.mean.data(), size_);
    LogProduct roots;
    for (std::size_t i = 0; i < own_rows(); ++i) roots.multiply(joint.inverse_root[i]);
    for (std::size_t j = 0; j < size_; ++j) roots.multiply(1.0 / joint.factor[j * size_ + j]);
    log_evidence += roots.log();
    return std::isfinite(log_evidence) ? Status{} : Status{Status::Kind::not_finite};
}

// Φ_kv_k of several draws.
void JointLowRank::find_low_rank(Side side, std::size_t count) {
    for (std::size_t k = 0; k < n_functions(); ++k)
        loops().model.forward(features(k, side).matrix.panel(0), panels_for(own_rows()), m_,
                              &coefficients_[k * m_ * count], count, &low_rank_[k * count * padded_],
                              padded_);
}

// The shift given v, whose Φv are those of draw c of `count`, N(centre - Λ⁻¹ΣΛ_kΦ_kv_k, Λ⁻¹); g given both,
// N(c (Φv + s (ℓ - d shift)), s c); and e = (g - Φv) / √s.
void JointLowRank::spread(Side side, const PseudoData& rows, const double* linear, const double* centre,
                          const Draw& to, std::size_t c, std::size_t count) {
    const std::size_t n = own_rows();
    const Vector& inverse_root = joint_[side].inverse_root;
    std::fill(shift_.begin(), shift_.end(), 0.0);
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Vector& precision = own(k, side).precision;
        const double* product = low_rank(k, c, count);
        for (std::size_t i = 0; i < n; ++i) shift_[i] += precision[i] * product[i];
    }
    for (std::size_t i = 0; i < n; ++i)
        shift_[i] = centre[i] + inverse_root[i] * (to.noise[i] - inverse_root[i] * shift_[i]);
    for (std::size_t k = 0; k < n_functions(); ++k) {
        const Own& one = own(k, side);
        const double *d = rows.precision + k * n, *own_linear = linear + k * n;
        const double *product = low_rank(k, c, count), *noise = to.noise + n + size_ + k * n;
        double *e = to.whitened + k * own_size() + m_, *g = to.g + k * n;
        for (std::size_t i = 0; i < n; ++i)
            g[i] = one.shrink[i] * product[i] + one.variance[i] * (own_linear[i] - d[i] * shift_[i]) +
                   one.root_variance[i] * noise[i];
        for (std::size_t i = 0; i < n; ++i) e[i] = (g[i] - product[i]) * one.inverse_root[i];
    }
}

Status JointLowRank::draw(Side side, const PseudoData& rows, const double* noise, double* whitened,
                          double* g) {
    const Draw one{noise, whitened, g};
    return draw_each(side, rows, &one, 1);
}

// By as many at a time as share a pass over the features.
Status JointLowRank::draw_each(Side side, const PseudoData& rows, const Draw* draws, std::size_t count) {
    const Joint& joint = joint_[side];
    for (; count > 0; draws += std::min(count, kBatchChains), count -= std::min(count, kBatchChains)) {
        const std::size_t batch = std::min(count, kBatchChains);
        for (std::size_t c = 0; c < batch; ++c) {
            for (std::size_t j = 0; j < size_; ++j) v_[j] = joint.mean[j] + draws[c].noise[own_rows() + j];
            solve_lower_transposed(*blas_, joint.factor.data(), size_, v_.data());
            put_coefficients(draws[c].whitened, c, batch);
        }
        find_low_rank(side, batch);
        for (std::size_t c = 0; c < batch; ++c)
            spread(side, rows, rows.linear, joint.centre.data(), draws[c], c, batch);
    }
    return {};
}

// v_ into ν, and among those of `count` draws.
void JointLowRank::put_coefficients(double* whitened, std::size_t c, std::size_t count) {
    for (std::size_t k = 0; k < n_functions(); ++k) std::copy_n(&v_[k * m_], m_, whitened + k * own_size());
    for (std::size_t j = 0; j < size_; ++j) coefficients_[j * count + c] = v_[j];
}

// The shift given g is N(Σ d_k (z_k - g_k) / Σd_k, 1 / Σd_k), whatever v. Rows without variance of their own
// keep the noise they had: it plays no part.
Status JointLowRank::invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                                 double* noise) {
    const std::size_t n = own_rows();
    const Joint& joint = joint_[Side::current];
    for (std::size_t k = 0; k < n_functions(); ++k)
        std::copy_n(whitened + k * own_size(), m_, &coefficients_[k * m_]);
    find_low_rank(Side::current, 1);
    double* of_coefficients = noise + n;
    for (std::size_t j = 0; j < size_; ++j) of_coefficients[j] = -joint.mean[j];
    for (std::size_t i = 0; i < size_; ++i) {
        for (std::size_t j = 0; j <= i; ++j)
            of_coefficients[j] += joint.factor[i * size_ + j] * coefficients_[i];
    }
    for (std::size_t i = 0; i < n; ++i) {
        double total = 0.0, sum = 0.0, pull = 0.0;
        for (std::size_t k = 0, at = i; k < n_functions(); ++k, at += n) {
            total += rows.precision[at];
            sum += rows.linear[at] - rows.precision[at] * g[at];
            pull += own(k, Side::current).precision[i] * low_rank(k, 0, 1)[i];
        }
        shift_[i] = sum / total + noise[i] / std::sqrt(total);
        noise[i] = (joint.total[i] * (shift_[i] - joint.centre[i]) + pull) * joint.inverse_root[i];
    }
    for (std::size_t k = 0, at = 0; k < n_functions(); ++k) {
        const Own& one = own(k, Side::current);
        for (std::size_t i = 0; i < n; ++i, ++at) {
            const double mean = one.shrink[i] * low_rank(k, 0, 1)[i] +
                                one.variance[i] * (rows.linear[at] - rows.precision[at] * shift_[i]);
            if (one.root_variance[i] > 0.0) noise[n + size_ + at] = (g[at] - mean) / one.root_variance[i];
        }
    }
    return {};
}

// The means where h is the linear term.
Status JointLowRank::covariance_product(Side side, const PseudoData& rows, const double* h, double* whitened,
                                        double* g) {
    const Vector& factor = joint_[side].factor;
    project(side, h, centre_.data(), v_.data());
    solve_lower(*blas_, factor.data(), size_, v_.data());
    solve_lower_transposed(*blas_, factor.data(), size_, v_.data());
    put_coefficients(whitened, 0, 1);
    find_low_rank(side, 1);
    spread(side, rows, h, centre_.data(), {none_.data(), whitened, g}, 0, 1);
    return {};
}

}  // namespace polyagamma
