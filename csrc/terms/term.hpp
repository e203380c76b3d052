#pragma once

#include <cstddef>

#include "likelihood/pseudo_data.hpp"
#include "linalg/aligned.hpp"
#include "linalg/status.hpp"

namespace polyagamma {

// Which hyperparameters: those of the chain, or those proposed to it.
enum class Side : int { current = 0, proposed = 1 };

// The whitened coordinates ν of a term and its values g = T(θ) ν.
struct Latent {
    Vector& whitened;
    Vector& g;
};

// A Gaussian process on the training inputs, g = T(θ) ν with ν ~ N(0, I), that can be conditioned on
// pseudo-data in closed form. It holds matrices for two sets of hyperparameters, so that a proposal costs
// no copy.
class Term {
  public:
    virtual ~Term() = default;

    virtual std::size_t n_rows() const = 0;
    virtual std::size_t whitened_size() const = 0;
    // How many of ν a trace stores in place of g: the first ones.
    virtual std::size_t components() const { return whitened_size(); }

    // Makes `theta` the parameters of that side.
    virtual Status load(Side side, const double* theta) = 0;
    virtual void swap_sides() = 0;

    // Conditions on the pseudo-data; log_evidence = log ∫ p(z | g, ω) p(g | θ) dg less what θ does not
    // change.
    virtual Status condition(Side side, const PseudoData& rows, double& log_evidence) = 0;

    // ν | z, ω, θ and g = T ν as an affine function of noise_size() standard normals, on a side last
    // conditioned on the same rows.
    virtual std::size_t noise_size() const = 0;
    virtual Status draw(Side side, const PseudoData& rows, const double* noise, double* whitened,
                        double* g) = 0;
    // Several draws, which may cost less together.
    struct Draw {
        const double* noise;
        double *whitened, *g;
    };
    virtual Status draw_each(Side side, const PseudoData& rows, const Draw* draws, std::size_t count) {
        Status result;
        for (std::size_t c = 0; c < count && result.ok(); ++c)
            result = draw(side, rows, draws[c].noise, draws[c].whitened, draws[c].g);
        return result;
    }
    // Turns standard normals into a draw of those from which `draw`, on the current side, makes this ν and g.
    virtual Status invert_draw(const PseudoData& rows, const double* whitened, const double* g,
                               double* noise) = 0;

    // Covariances of ν and of g with g given the pseudo-data, times h (n,): on a side last conditioned
    // on the same rows. With h = linear: means.
    virtual Status covariance_product(Side side, const PseudoData& rows, const double* h, double* whitened,
                                      double* g) = 0;

    // g = T(θ) ν.
    virtual Status transform(Side side, const double* whitened, double* g) = 0;
};

// The process of one function, which can share its pseudo-data's shift with others (see JointTerm).
class FunctionTerm : public Term {
  public:
    // Matrices are factored by the core's own loops from now on, not by LAPACK (see Factorizer).
    virtual void use_own_loops() = 0;
    // The parameters of that side become those of another process of the same kind, on its current side.
    virtual void copy_parameters(Side side, FunctionTerm& other) = 0;
    // The linear terms of rows that a side was last conditioned on become these; `draw` and `invert_draw`
    // follow.
    virtual Status set_linear(Side side, const PseudoData& rows) = 0;
    // (K + Ω⁻¹)⁻¹ Ω⁻¹ h, on a side last conditioned on rows of that precision: for h = linear the gradient in
    // z of -log p(z | θ, ω).
    virtual Status data_product(Side side, const PseudoData& rows, const double* h, double* out) = 0;
    // (K + Ω⁻¹)⁻¹, of a side last conditioned on these rows: found, and then read (lower triangle,
    // row-major). Memory: another n x n matrix for each side where it is asked for.
    virtual void find_data_precision(Side side, const PseudoData& rows) = 0;
    virtual const Vector& data_precision(Side side) = 0;
};

}  // namespace polyagamma
