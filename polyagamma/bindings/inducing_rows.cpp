// Python's view of batches of rows of processes that inducing points stand for.
#include "vi/inducing_rows.hpp"

#include <memory>
#include <utility>

#include "binding.hpp"
#include "vi/cross_covariances.hpp"

namespace polyagamma::binding {
namespace {

std::unique_ptr<CrossCovariances> stationary(int family, const Array& inputs, const Array& points,
                                             double variance, const std::vector<double>& length_scales) {
    const auto n = static_cast<std::size_t>(inputs.shape(0)), p = static_cast<std::size_t>(inputs.shape(1));
    require_shape(points, {points.shape(0), inputs.shape(1)}, "points");
    std::vector<LogParameter> scales;
    for (const double value : length_scales) scales.push_back({-1, value});
    const StationaryFunction function(static_cast<Stationary>(family), p, {-1, variance}, std::move(scales));
    auto made = std::make_unique<StationaryCrossCovariances>(function, inputs.data(), n, points.data(),
                                                             static_cast<std::size_t>(points.shape(0)));
    if (!made->defined()) throw py::value_error("the kernel has parameters that are not finite");
    return made;
}

std::unique_ptr<CrossCovariances> given(const Array& covariances, const Array& variances) {
    require_shape(variances, {covariances.shape(0)}, "variances");
    return std::make_unique<GivenCrossCovariances>(covariances.data(), variances.data(),
                                                   static_cast<std::size_t>(covariances.shape(0)),
                                                   static_cast<std::size_t>(covariances.shape(1)));
}

std::unique_ptr<InducingRows> inducing_rows(const CrossCovariances& rows, const Array& lower, double jitter,
                                            std::size_t threads) {
    const auto m = static_cast<py::ssize_t>(rows.points());
    require_shape(lower, {m, m}, "lower");
    const double* const factor = lower.data();
    const py::gil_scoped_release release;
    return std::make_unique<InducingRows>(rows, factor, jitter, threads);
}

py::tuple moments(const InducingRows& rows, const Array& mean, const Array& factor, bool independent) {
    const auto n = static_cast<py::ssize_t>(rows.rows()), m = static_cast<py::ssize_t>(rows.points());
    require_shape(mean, {m}, "mean");
    require_shape(factor, {m, m}, "factor");
    py::array_t<double> means(n), variances(n);
    double *const to_means = means.mutable_data(), *const to_variances = variances.mutable_data();
    {
        const WhitenedLaw law{mean.data(), factor.data()};
        const py::gil_scoped_release release;
        rows.moments(law, independent, to_means, to_variances);
    }
    return py::make_tuple(means, variances);
}

py::tuple sums(const InducingRows& rows, const Array& slopes, const Array& weights) {
    const auto n = static_cast<py::ssize_t>(rows.rows()), m = static_cast<py::ssize_t>(rows.points());
    require_shape(slopes, {n}, "slopes");
    require_shape(weights, {n}, "weights");
    FeatureSums found;
    {
        const double *const of_slopes = slopes.data(), *const of_weights = weights.data();
        const py::gil_scoped_release release;
        found = rows.sums(of_slopes, of_weights);
    }
    return py::make_tuple(array_of(found.slope, {m}), array_of(found.precision, {m, m}));
}

}  // namespace

void register_inducing_rows(py::module_& module) {
    using namespace py::literals;
    py::class_<CrossCovariances>(module, "CrossCovariances")
        .def_static("stationary", &stationary, py::kw_only(), "family"_a, "inputs"_a, "points"_a,
                    "variance"_a, "length_scales"_a)
        .def_static("given", &given, "covariances"_a.noconvert(), "variances"_a.noconvert(),
                    py::keep_alive<0, 1>(), py::keep_alive<0, 2>());
    py::class_<InducingRows>(module, "InducingRows")
        .def(py::init(&inducing_rows), py::kw_only(), "rows"_a, "lower"_a, "jitter"_a, "threads"_a = 1)
        .def("moments", &moments, "mean"_a, "factor"_a, "independent"_a)
        .def("sums", &sums, "slopes"_a, "weights"_a);
}

}  // namespace polyagamma::binding
