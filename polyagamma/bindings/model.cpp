#include "model.hpp"

#include "terms/gradient_pass.hpp"
#include "terms/whitening.hpp"

namespace polyagamma::binding {
namespace {

void check_shapes(const Array& X, const Centre& centre, const Array& shape, const Array& kappa,
                  const Array& offset, const Array& prior_mean, const Array& prior_precision,
                  bool intercept) {
    if (X.ndim() != 2) throw py::value_error("X must have two dimensions");
    const py::ssize_t n = X.shape(0);
    const py::ssize_t p = X.shape(1) + (intercept ? 1 : 0);
    if (centre) require_shape(*centre, {X.shape(1)}, "centre");
    require_shape(shape, {n}, "shape");
    require_shape(kappa, {n}, "kappa");
    require_shape(offset, {n}, "offset");
    require_shape(prior_mean, {p}, "prior_mean");
    if (prior_precision.ndim() == 1) {
        require_shape(prior_precision, {p}, "prior_precision");
    } else {
        require_shape(prior_precision, {p, p}, "prior_precision");
    }
}

MergedRows merge(const Array& X, const Array& shape, const Array& kappa, const Array& offset) {
    const py::gil_scoped_release release;
    return merge_rows(X.data(), shape.data(), kappa.data(), offset.data(),
                      static_cast<std::size_t>(X.shape(0)), static_cast<std::size_t>(X.shape(1)));
}

Model make_model(const Array& X, const Centre& centre, const Array& shape, const Array& kappa,
                 const Array& offset, const MergedRows& merged, const Array& prior_mean,
                 const Array& prior_precision, bool intercept) {
    const auto p = static_cast<std::size_t>(X.shape(1)) + (intercept ? 1 : 0);
    const double* const shift = centre ? centre->data() : nullptr;
    GaussianPrior prior(prior_mean.data(), prior_precision.data(), p, prior_precision.ndim() == 1);
    if (merged.n > 0) {
        return {{merged.x.data(), merged.n, p, intercept, shift},
                {merged.shape.data(), merged.kappa.data(), merged.offset.data(), merged.n},
                std::move(prior),
                blas()};
    }
    const auto n = static_cast<std::size_t>(X.shape(0));
    return {{X.data(), n, p, intercept, shift},
            {shape.data(), kappa.data(), offset.data(), n},
            std::move(prior),
            blas()};
}

double log_posterior(const PyModel& self, const Array& beta) {
    const Model& model = self.model;
    require_shape(beta, {static_cast<py::ssize_t>(model.prior.size())}, "beta");
    const py::gil_scoped_release release;
    const Whitening whitening(model);
    Density density(whitening.size());
    GradientPass(model.rows, whitening.size(), 1, 1).run_alone(whitening, beta.data(), density);
    return density.log_posterior;
}

}  // namespace

PyModel::PyModel(Array X, Centre subtracted, const Array& shape, const Array& kappa, const Array& offset,
                 const Array& prior_mean, const Array& prior_precision, bool intercept)
    : design((check_shapes(X, subtracted, shape, kappa, offset, prior_mean, prior_precision, intercept),
              std::move(X))),
      centre(std::move(subtracted)),
      merged(merge(design, shape, kappa, offset)),
      model(
          make_model(design, centre, shape, kappa, offset, merged, prior_mean, prior_precision, intercept)) {}

void register_model(py::module_& module) {
    using namespace py::literals;
    py::class_<PyModel>(module, "LogisticModel")
        .def(py::init<Array, Centre, const Array&, const Array&, const Array&, const Array&, const Array&,
                      bool>(),
             py::kw_only(), "X"_a.noconvert(), "centre"_a = py::none(), "shape"_a, "kappa"_a, "offset"_a,
             "prior_mean"_a, "prior_precision"_a, "intercept"_a = false)
        .def_property_readonly("n_distinct_rows", [](const PyModel& self) { return self.model.rows.n; })
        .def_property_readonly("n_coefficients", [](const PyModel& self) { return self.model.prior.size(); })
        .def("log_posterior", &log_posterior, "beta"_a);
}

}  // namespace polyagamma::binding
