#include "_gibbs_model.hpp"

#include <string>

#include "gibbs/coordinates.hpp"
#include "gibbs/gradient_pass.hpp"

namespace polyagamma::binding {
namespace {

void require_shape(const Array& array, std::initializer_list<py::ssize_t> shape, const char* name) {
    const bool right = array.ndim() == static_cast<py::ssize_t>(shape.size()) &&
                       std::equal(shape.begin(), shape.end(), array.shape());
    if (!right) throw py::value_error(std::string(name) + " has the wrong shape");
}

Model make_model(const Array& X, const Array& shape, const Array& kappa, const Array& offset,
                 const Array& prior_mean, const Array& prior_precision, bool intercept) {
    if (X.ndim() != 2) throw py::value_error("X must have two dimensions");
    const py::ssize_t n = X.shape(0);
    const py::ssize_t p = X.shape(1) + (intercept ? 1 : 0);
    require_shape(shape, {n}, "shape");
    require_shape(kappa, {n}, "kappa");
    require_shape(offset, {n}, "offset");
    require_shape(prior_mean, {p}, "prior_mean");
    const bool diagonal = prior_precision.ndim() == 1;
    if (diagonal) {
        require_shape(prior_precision, {p}, "prior_precision");
    } else {
        require_shape(prior_precision, {p, p}, "prior_precision");
    }
    const auto rows = static_cast<std::size_t>(n), columns = static_cast<std::size_t>(p);
    return {{X.data(), rows, columns, intercept},
            {shape.data(), kappa.data(), offset.data(), rows},
            {prior_mean.data(), prior_precision.data(), columns, diagonal},
            blas()};
}

double log_posterior(const PyModel& self, const Array& beta) {
    const Model& model = self.model;
    require_shape(beta, {static_cast<py::ssize_t>(model.prior.size())}, "beta");
    const py::gil_scoped_release release;
    const Coordinates coordinates(model);
    GradientPass pass(model.rows, coordinates.size(), 1);
    Vector gradient(coordinates.size());
    const double* u = beta.data();
    double log_likelihood = 0.0, log_density = 0.0;
    pass.log_density(coordinates, &u, gradient.data(), &log_likelihood, &log_density);
    return log_density;
}

}  // namespace

PyModel::PyModel(Array X, const Array& shape, const Array& kappa, const Array& offset,
                 const Array& prior_mean, const Array& prior_precision, bool intercept)
    : design(std::move(X)),
      model(make_model(design, shape, kappa, offset, prior_mean, prior_precision, intercept)) {}

void register_model(py::module_& module) {
    using namespace py::literals;
    py::class_<PyModel>(module, "LogisticModel")
        .def(py::init<Array, const Array&, const Array&, const Array&, const Array&, const Array&, bool>(),
             py::kw_only(), "X"_a.noconvert(), "shape"_a, "kappa"_a, "offset"_a, "prior_mean"_a,
             "prior_precision"_a, "intercept"_a = false)
        .def_property_readonly("n_rows", [](const PyModel& self) { return self.model.rows.n; })
        .def_property_readonly("n_coefficients", [](const PyModel& self) { return self.model.prior.size(); })
        .def("log_posterior", &log_posterior, "beta"_a);
}

}  // namespace polyagamma::binding
