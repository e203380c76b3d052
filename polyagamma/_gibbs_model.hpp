#pragma once

#include "_gibbs_binding.hpp"
#include "gibbs/model.hpp"

namespace polyagamma::binding {

// A Model and the array that it points into.
struct PyModel {
    PyModel(Array X, const Array& shape, const Array& kappa, const Array& offset, const Array& prior_mean,
            const Array& prior_precision, bool intercept);

    Array design;
    Model model;
};

}  // namespace polyagamma::binding
