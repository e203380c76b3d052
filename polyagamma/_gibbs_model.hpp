#pragma once

#include "_gibbs_binding.hpp"
#include "gibbs/merge_rows.hpp"
#include "gibbs/model.hpp"

namespace polyagamma::binding {

// A Model and the arrays that it points into: the caller's design, or a smaller one without repeated rows.
struct PyModel {
    PyModel(Array X, const Array& shape, const Array& kappa, const Array& offset, const Array& prior_mean,
            const Array& prior_precision, bool intercept);

    Array design;
    MergedRows merged;
    Model model;
};

}  // namespace polyagamma::binding
