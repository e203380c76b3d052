#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "likelihood/warp.hpp"
#include "linalg/aligned.hpp"
#include "linalg/panels.hpp"
#include "random/bitgen.hpp"

namespace polyagamma {

// Rows [first, first + count) of a likelihood, whole panels of them. Of several linear predictors, that of
// predictor k is at eta + k * stride.
struct RowBlock {
    std::size_t first, count, stride;
};

// Where a row's likelihood is, as a function of its linear predictor, e^{κη} / (2 cosh(η/2))^b: given
// ω ~ PG(b, η) it is Gaussian in η with precision ω and pseudo-datum κ/ω (Polson, Scott and Windle 2013,
// theorem 1). b and κ: of padded rows. A likelihood may have the form in η + shift, with a shift of its own
// parameters.
struct PolyaGammaForm {
    const double* b;
    const double* kappa;
    double shift = 0.0;
};

// What was observed in n rows, as the samplers see it: functions of each row's linear predictor η. Rows are
// padded to whole panels with rows that add nothing.
class Likelihood {
  public:
    explicit Likelihood(std::size_t rows) : rows_(rows) {}
    virtual ~Likelihood() = default;

    std::size_t rows() const { return rows_; }
    std::size_t padded() const { return padded_rows(rows_); }
    // Linear predictors of a row.
    virtual std::size_t predictors() const { return 1; }

    // Of a block of rows: η into ∂ℓ/∂η, in place.
    virtual void derivative(RowBlock rows, double* eta) const = 0;
    // The same, and Σℓ added lane by lane to log_density[kPanelRows].
    virtual void derivative_and_log_density(RowBlock rows, double* eta, double* log_density) const = 0;
    // A curvature of −ℓ that is not negative, in place of η: −∂²ℓ/∂η² where ℓ is concave. Of several
    // predictors its diagonal D: the curvature is D − v vᵀ.
    virtual void curvature(RowBlock rows, double* eta) const = 0;
    // Whether v is not zero; and v in place of the diagonal D, as `curvature` leaves it.
    virtual bool coupled() const { return false; }
    virtual void coupling(RowBlock /*rows*/, double* /*curvature*/) const {}

    // Coordinates of its own that move with the coefficients, as the last of them: a log dispersion, say. The
    // design has columns of zeros for them. They change what rows are like, so that these three are the ones
    // to be called; without extras they are the three above.
    virtual std::size_t extras() const { return 0; }
    // Adds Σ∂ℓ/∂extra lane by lane to of_extras (extras, kPanelRows), and Σℓ to log_density unless it is
    // null.
    virtual void derivative_at(const double* /*extras*/, RowBlock rows, double* eta, double* /*of_extras*/,
                               double* log_density) const {
        log_density == nullptr ? derivative(rows, eta) : derivative_and_log_density(rows, eta, log_density);
    }
    virtual void curvature_at(const double* /*extras*/, RowBlock rows, double* eta) const {
        curvature(rows, eta);
    }
    // What extras add to the log density besides the rows, their prior included. of_extras: what
    // derivative_at has summed, which becomes the derivative of all.
    virtual double log_density_of_extras(const double* /*extras*/, double* /*of_extras*/) const {
        return 0.0;
    }
    // A curvature of −log density in each of them that is positive; eta: of the padded rows, of rows that are
    // elsewhere the coordinates u.
    virtual void curvature_of_extras(const double* /*extras*/, const double* /*eta*/,
                                     double* /*curvature*/) const {}
    // How its only extra depends on the coordinate that stands for it, here and in all of these functions;
    // null: it does not, and is the coordinate.
    virtual const Warp* warp() const { return nullptr; }
    virtual void set_warp(const Warp&) {}
    // Extras as traces tell them, in place of the coordinates that stand for them.
    void tell(double* extras) const {
        if (const Warp* own = warp()) *extras = own->at(*extras).value;
    }
    // The same rows with these extras, as they are told, which are known then; null if there are none.
    virtual std::unique_ptr<Likelihood> at_extras(const double* /*told*/) const { return nullptr; }
    // Leaves p(extras | η, data) invariant, ω marginalised; the Pólya-gamma form is that of the outcome. eta:
    // as for `curvature_of_extras`.
    virtual void update_extras(const double* /*eta*/, double* /*extras*/, BitGen&) {}

    // Null where there is no such form: then Hamiltonian trajectories alone move the coefficients.
    virtual const PolyaGammaForm* polya_gamma() const { return nullptr; }
    // That of one linear predictor, given the others, in η + shift with a shift for each row; null where
    // there is none. eta: that of predictor 0.
    virtual const PolyaGammaForm* polya_gamma_of(std::size_t /*predictor*/) const { return polya_gamma(); }
    virtual void shift_of(std::size_t predictor, RowBlock rows, const double* /*eta*/, double* shift) const {
        std::fill_n(shift, rows.count, polya_gamma_of(predictor)->shift);
    }
    bool augments() const { return polya_gamma_of(0) != nullptr; }

    // The likelihood of m rows whose density is the product of those of the rows i with place[i] equal; null
    // where that is no likelihood of this type. For rows of the same linear predictor.
    virtual std::unique_ptr<Likelihood> merged(const std::vector<std::size_t>& place,
                                               std::size_t m) const = 0;

    // Parameters of its own, which chains sample (a dispersion, say). A likelihood that has some gives every
    // chain a copy; null, and all chains share it, if it has none.
    virtual std::unique_ptr<Likelihood> for_chain() const { return nullptr; }
    // The values, as they are stored and traced; empty if there are none.
    virtual Vector parameters() const { return {}; }
    virtual void set_parameters(const double*) {}
    // Leaves p(parameters | η, data) invariant, ω marginalised; eta: of the padded rows.
    virtual void update_parameters(const double*, BitGen&) {}
    // Log prior density of the parameters.
    virtual double log_prior() const { return 0.0; }

  private:
    std::size_t rows_;
};

}  // namespace polyagamma
