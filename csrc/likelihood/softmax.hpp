#pragma once

#include <cstddef>

#include "likelihood/excess.hpp"
#include "likelihood/pseudo_data.hpp"
#include "linalg/aligned.hpp"

namespace polyagamma {

// Rows with log-likelihood Σ_k y_k η_k - b log Σ_k e^{η_k}, η = offset + g and y = kappa + b / 2:
// labels of `functions` classes, or counts that sum to b.
struct SoftmaxRows {
    std::size_t n, functions;
    const double* b;       // (n,)
    const double* kappa;   // (functions, n)
    const double* offset;  // (functions, n)
};

// g (functions, n).
double log_likelihood(const SoftmaxRows& rows, const double* g);

// A Gaussian likelihood that stands in for a softmax in proposals: of row i, precision W = D - D 1 (1ᵀD1)⁻¹
// 1ᵀD with D = diag(d), like the softmax's own -ℓ″, which is this with d = b p (Rasmussen and Williams
// 2006, equation 3.38), blind to what all functions have in common. It is what remains of independent
// pseudo-data with precisions d_k and one unknown shift when the shift is integrated out. The diagonal of W
// is a share of E[-ℓ″] and the linear term E[ℓ′] + W E[g], expectations over the posterior, which warm-up
// averages (see GaussianSites).
class SoftmaxSurrogate {
  public:
    SoftmaxSurrogate(std::size_t n, std::size_t functions);

    // Takes note of a draw; whether the surrogate is another now.
    bool learn(const SoftmaxRows& rows, const double* g);
    bool learned() const { return count_ > 0.0; }
    // d and the linear term, (functions, n).
    PseudoData rows() const { return {precision_.size(), precision_.data(), linear_.data()}; }
    // Its log-likelihood at g, and W g less the linear term added to `gradient`.
    double log_likelihood(const double* g, double* gradient) const;
    // As Σ_a t_a linear_a − ½ Σ_ab t_a t_b quadratic_ab at g = Σ_a t_a x_a; of the symmetric quadratic form
    // the lower triangle.
    struct Forms {
        double linear[3] = {}, quadratic[3][3] = {};
    };
    Forms forms(const double* const* x) const;

    // Visits all that the surrogate is.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(&count_, 1);
        for (Vector* part : {&curvature_, &gradient_, &mean_, &precision_, &linear_})
            visitor(part->data(), part->size());
    }

  private:
    void fit_precision(std::size_t row, double most);
    void find_linear(std::size_t row);

    std::size_t n_, functions_;
    double count_ = 0.0;
    Vector curvature_, gradient_, mean_;  // averages; the first of the diagonal of -ℓ″
    Vector precision_, linear_;
    Vector p_;  // probabilities of the rows
};

// An angle.
struct Turn {
    double cosine, sine;
};

// The softmax less its surrogate.
class SoftmaxExcess final : public Excess {
  public:
    SoftmaxExcess(const SoftmaxRows& rows, const SoftmaxSurrogate& surrogate);
    double differentiate(const double* g, double* gradient) override;
    // Its value at g = centre + cos φ first + sin φ second for each of `count` angles. All but the sums of
    // exponentials is at most quadratic in (1, cos φ, sin φ), and is found once.
    void on_ellipse(const Vector& centre, const Vector& first, const Vector& second, const Turn* turns,
                    std::size_t count, double* values) const;

  private:
    const SoftmaxRows rows_;
    const SoftmaxSurrogate& surrogate_;
    bool alike_;  // whether all rows have the same b
    Vector p_;    // probabilities of the rows
};

}  // namespace polyagamma
