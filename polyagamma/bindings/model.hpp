#pragma once

#include <optional>

#include "binding.hpp"
#include "likelihood/merge_rows.hpp"
#include "terms/linear_model.hpp"

namespace polyagamma::binding {

using Centre = std::optional<Array>;

// A Model and the arrays that it points into: the caller's design, or a smaller one without repeated rows.
struct PyModel {
    PyModel(Array X, Centre subtracted, const Array& shape, const Array& kappa, const Array& offset,
            const Array& prior_mean, const Array& prior_precision, bool intercept);

    Array design;
    Centre centre;
    MergedRows merged;
    Model model;
};

}  // namespace polyagamma::binding
