// Python's view of batches of rows of processes that inducing points stand for.
#include "vi/inducing_rows.hpp"

#include <algorithm>
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

class PyInducingRows {
  public:
    PyInducingRows(const Array& lower, double jitter, std::size_t threads)
        : rows_(lower.data(), static_cast<std::size_t>(lower.shape(0)), jitter, threads) {
        require_shape(lower, {lower.shape(0), lower.shape(0)}, "lower");
    }

    py::tuple polya_gamma(const CrossCovariances& rows, const Likelihood& likelihood, const Array& offset,
                          const Array& mean, const Array& factor, bool independent) const {
        require_law(rows, mean, factor);
        require_shape(offset, {static_cast<py::ssize_t>(rows.rows())}, "offset");
        if (likelihood.rows() != rows.rows() || likelihood.predictors() != 1 || !likelihood.augments())
            throw py::value_error("the likelihood must have such rows, with Pólya-gamma forms");
        Vector padded(likelihood.padded());
        std::copy_n(offset.data(), rows.rows(), padded.begin());
        RowTotals totals;
        {
            const WhitenedLaw law{mean.data(), factor.data()};
            const py::gil_scoped_release release;
            totals = rows_.sums(PolyaGammaKernel(), rows, likelihood, padded.data(), law, independent);
        }
        const auto m = static_cast<py::ssize_t>(rows_.points());
        return py::make_tuple(totals.value, array_of(totals.slope, {m}), array_of(totals.precision, {m, m}));
    }

    py::tuple moments(const CrossCovariances& rows, const Array& mean, const Array& factor) const {
        require_law(rows, mean, factor);
        py::array_t<double> means(static_cast<py::ssize_t>(rows.rows()));
        py::array_t<double> variances(static_cast<py::ssize_t>(rows.rows()));
        double *const to_means = means.mutable_data(), *const to_variances = variances.mutable_data();
        {
            const WhitenedLaw law{mean.data(), factor.data()};
            const py::gil_scoped_release release;
            rows_.moments(rows, law, to_means, to_variances);
        }
        return py::make_tuple(means, variances);
    }

  private:
    void require_law(const CrossCovariances& rows, const Array& mean, const Array& factor) const {
        const auto m = static_cast<py::ssize_t>(rows_.points());
        if (rows.points() != rows_.points()) throw py::value_error("rows are of other points");
        require_shape(mean, {m}, "mean");
        require_shape(factor, {m, m}, "factor");
    }

    InducingRows rows_;
};

}  // namespace

void register_inducing_rows(py::module_& module) {
    using namespace py::literals;
    py::class_<CrossCovariances>(module, "CrossCovariances")
        .def_static("stationary", &stationary, py::kw_only(), "family"_a, "inputs"_a, "points"_a,
                    "variance"_a, "length_scales"_a)
        .def_static("given", &given, "covariances"_a.noconvert(), "variances"_a.noconvert(),
                    py::keep_alive<0, 1>(), py::keep_alive<0, 2>());
    py::class_<PyInducingRows>(module, "InducingRows")
        .def(py::init<const Array&, double, std::size_t>(), py::kw_only(), "lower"_a, "jitter"_a,
             "threads"_a = 1)
        .def("polya_gamma", &PyInducingRows::polya_gamma, "rows"_a, "likelihood"_a, "offset"_a, "mean"_a,
             "factor"_a, "independent"_a)
        .def("moments", &PyInducingRows::moments, "rows"_a, "mean"_a, "factor"_a);
}

}  // namespace polyagamma::binding
