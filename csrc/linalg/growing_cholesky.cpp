#include "linalg/growing_cholesky.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/dense.hpp"

namespace polyagamma {
namespace {

struct Rotation {
    double c, s;
};

// Rows that rotations are applied to at once: each is a chain of operations that wait for each other.
constexpr std::size_t kRows = 8;

}  // namespace

GrowingCholesky::GrowingCholesky(const Blas& blas, const double* lower, std::size_t n)
    : blas_(&blas), n_(n), stride_(n), lower_(n * n) {
    for (std::size_t i = 0; i < n; ++i) std::copy_n(lower + i * n, i + 1, row(i));
}

void GrowingCholesky::copy_to(double* lower) const {
    for (std::size_t i = 0; i < n_; ++i) {
        std::copy_n(row(i), i + 1, lower + i * n_);
        std::fill_n(lower + i * n_ + i + 1, n_ - i - 1, 0.0);
    }
}

// Grows by half at least, so that rows that come one by one are copied a few times only.
void GrowingCholesky::reserve(std::size_t n) {
    if (n <= stride_) return;
    const std::size_t stride = std::max(n, stride_ + stride_ / 2);
    Vector larger(stride * stride);
    for (std::size_t i = 0; i < n_; ++i) std::copy_n(row(i), i + 1, &larger[i * stride]);
    lower_.swap(larger);
    stride_ = stride;
}

void GrowingCholesky::solve(char transposed, double* x) const {
    char upper = 'U', no = 'N';
    int n = static_cast<int>(n_), stride = static_cast<int>(stride_), one = 1;
    if (n_ == 0) return;
    blas_->dtrsv(&upper, &transposed, &no, &n, const_cast<double*>(lower_.data()), &stride, x, &one);
}

Status GrowingCholesky::append(const double* rows, std::size_t k) {
    const std::size_t n = n_;
    Vector crossing(k * n), rest(k * k);
    for (std::size_t i = 0; i < k; ++i) {
        double* own = n > 0 ? &crossing[i * n] : nullptr;
        std::copy_n(rows + i * (n + k), n, own);
        solve_lower(own);
        for (std::size_t j = 0; j <= i; ++j)
            rest[i * k + j] = rows[i * (n + k) + n + j] - (n > 0 ? dot(own, &crossing[j * n], n) : 0.0);
    }
    const Status status = cholesky(*blas_, rest.data(), k);
    if (!status.ok()) return status;
    reserve(n + k);
    n_ = n + k;
    for (std::size_t i = 0; i < k; ++i) {
        if (n > 0) std::copy_n(&crossing[i * n], n, row(n + i));
        std::copy_n(&rest[i * k], i + 1, row(n + i) + n);
    }
    return status;
}

void GrowingCholesky::erase(std::size_t first, std::size_t count) {
    const std::size_t left = n_ - first - count;
    Vector removed(count * left);  // columns of what goes, below it
    for (std::size_t i = 0; i < left; ++i) {
        const double* from = row(first + count + i);
        for (std::size_t j = 0; j < count; ++j) removed[j * left + i] = from[first + j];
        double* to = row(first + i);
        std::copy_n(from, first, to);
        std::copy_n(from + first + count, i + 1, to + first);
    }
    n_ -= count;
    for (std::size_t j = 0; j < count && left > 0; ++j) rotate(first, &removed[j * left]);
}

void GrowingCholesky::update(const double* vectors, std::size_t k) {
    Vector x(n_);
    for (std::size_t j = 0; j < k; ++j) {
        std::copy_n(vectors + j * n_, n_, x.data());
        rotate(0, x.data());
    }
}

void GrowingCholesky::rotate(std::size_t first, double* x) {
    const std::size_t n = n_ - first;
    std::vector<Rotation> rotations(n);
    const auto turn = [&](std::size_t i, std::size_t k) {
        double& entry = row(first + i)[first + k];
        const auto [c, s] = rotations[k];
        const double old = entry;
        entry = c * old + s * x[i];
        x[i] = c * x[i] - s * old;
    };
    for (std::size_t block = 0; block < n; block += kRows) {
        const std::size_t end = std::min(n, block + kRows);
        for (std::size_t k = 0; k < block; ++k)
            for (std::size_t i = block; i < end; ++i) turn(i, k);
        for (std::size_t i = block; i < end; ++i) {
            for (std::size_t k = block; k < i; ++k) turn(i, k);
            double& pivot = row(first + i)[first + i];
            const double length = std::hypot(pivot, x[i]);
            rotations[i] = {pivot / length, x[i] / length};
            pivot = length;
        }
    }
}

Status GrowingCholesky::downdate(const double* vectors, std::size_t k) {
    const Vector before = k > 1 ? lower_ : Vector();
    for (std::size_t j = 0; j < k; ++j) {
        if (rotate_back(vectors + j * n_)) continue;
        if (k > 1) lower_ = before;
        return {Status::Kind::not_positive_definite, j};
    }
    return {};
}

// With p = L⁻¹x and 1 − |p|² = α² the rotations that turn (p, α) into (0, 1), from the last on, turn (Lᵀ, 0)
// into the new Lᵀ and xᵀ. False, and nothing changed, if there is no α.
bool GrowingCholesky::rotate_back(const double* x) {
    Vector p(x, x + n_);
    solve_lower(p.data());
    const double rest = 1.0 - dot(p.data(), p.data(), n_);
    if (!(rest > 0.0)) return false;
    std::vector<Rotation> rotations(n_);
    double alpha = std::sqrt(rest);
    for (std::size_t k = n_; k-- > 0;) {
        const double length = std::hypot(alpha, p[k]);
        rotations[k] = {alpha / length, p[k] / length};
        alpha = length;
    }
    for (std::size_t i = 0; i < n_; ++i) {
        double carried = 0.0;
        double* own = row(i);
        for (std::size_t k = i + 1; k-- > 0;) {
            const auto [c, s] = rotations[k];
            const double next = c * carried + s * own[k];
            own[k] = c * own[k] - s * carried;
            carried = next;
        }
    }
    return true;
}

}  // namespace polyagamma
