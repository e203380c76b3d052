#pragma once

#include <cmath>

#include "random/bitgen.hpp"
#include "random/variates.hpp"

namespace polyagamma {

// What Gaussian rows say of a coefficient β with an independent prior N(0, v): hβ − ½aβ².
struct OneCoefficient {
    double a, h;

    // log of ∫ e^{hβ − ½aβ²} N(β; 0, v) dβ.
    double log_evidence(double v) const {
        const double va = v * a;
        return 0.5 * (v * h * h / (1.0 + va) - std::log1p(va));
    }
    // β/√v given the rows.
    double draw(double v, BitGen& bitgen) const {
        const double spread = 1.0 + v * a;
        return std::sqrt(v) * h / spread + normal_variate(bitgen) / std::sqrt(spread);
    }
};

}  // namespace polyagamma
