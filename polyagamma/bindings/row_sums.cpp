// Python's view of sums over the rows of linear models.
#include "vi/row_sums.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "binding.hpp"
#include "vi/row_kernels.hpp"

namespace polyagamma::binding {
namespace {

// Rows, and what they point into.
class PyRowSums {
  public:
    PyRowSums(Array X, std::optional<Array> centre, const Array& offset,
              std::shared_ptr<Likelihood> likelihood, bool intercept, std::size_t threads)
        : design_(std::move(X)), centre_(std::move(centre)), likelihood_(std::move(likelihood)) {
        const auto n = static_cast<py::ssize_t>(likelihood_->rows());
        const auto q = static_cast<py::ssize_t>(likelihood_->predictors());
        if (design_.ndim() != 2 || design_.shape(0) != n) throw py::value_error("X has the wrong shape");
        if (centre_) require_shape(*centre_, {design_.shape(1)}, "centre");
        require_shape(offset, {q, n}, "offset");
        Vector padded(likelihood_->predictors() * likelihood_->padded());
        for (std::size_t k = 0; k < likelihood_->predictors(); ++k)
            std::copy_n(offset.data() + k * likelihood_->rows(), likelihood_->rows(),
                        &padded[k * likelihood_->padded()]);
        const std::size_t columns = static_cast<std::size_t>(design_.shape(1)) + (intercept ? 1 : 0);
        const Design design{design_.data(), likelihood_->rows(), columns, intercept,
                            centre_ ? centre_->data() : nullptr};
        rows_ = std::make_unique<LinearRows>(LinearRows{design, std::move(padded), *likelihood_});
        sums_ = std::make_unique<RowSums>(*rows_, threads);
    }

    std::size_t size() const { return rows_->size(); }

    py::tuple at_point(const Array& beta, bool weigh, std::size_t part) const {
        return sums_of(PointKernel(weigh), beta, nullptr, part);
    }
    py::tuple third_order(const Array& beta, const Array& factors) const {
        return sums_of(SkewKernel(), beta, &factors, 1);
    }
    py::tuple mean(const Array& beta, const Array& factors, const Array& nodes, const Array& shares) const {
        if (likelihood_->extras() > 0) throw py::value_error("means need rows without extras");
        const py::ssize_t count = shares.size(), q = static_cast<py::ssize_t>(likelihood_->predictors());
        require_shape(nodes, {count, q}, "nodes");
        const MeanKernel kernel(Vector(nodes.data(), nodes.data() + nodes.size()),
                                vector_of(shares, count, "shares"));
        return sums_of(kernel, beta, &factors, 1);
    }
    py::tuple polya_gamma(const Array& beta, const Array& factors) const {
        if (likelihood_->coupled() || likelihood_->extras() > 0)
            throw py::value_error(
                "the bound by Pólya-gamma variables needs rows without couplings and extras");
        if (!likelihood_->augments()) throw py::value_error("the likelihood has no Pólya-gamma form");
        return sums_of(PolyaGammaKernel(), beta, &factors, 1);
    }
    Array log_likelihoods(const Array& betas) const {
        require_shape(betas, {betas.ndim() == 2 ? betas.shape(0) : 0, static_cast<py::ssize_t>(size())},
                      "betas");
        py::array_t<double> values(betas.shape(0));
        double* const to = values.mutable_data();
        {
            const py::gil_scoped_release release;
            sums_->log_likelihoods(betas.data(), static_cast<std::size_t>(betas.shape(0)), to);
        }
        return values;
    }

  private:
    py::tuple sums_of(const RowKernel& kernel, const Array& beta, const Array* factors,
                      std::size_t part) const {
        const auto k = static_cast<py::ssize_t>(size()), p = static_cast<py::ssize_t>(rows_->columns());
        require_shape(beta, {k}, "beta");
        if (factors != nullptr)
            require_shape(*factors, {static_cast<py::ssize_t>(kernel.variances(*likelihood_)), p, p},
                          "factors");
        RowTotals totals;
        {
            const double* const lower = factors == nullptr ? nullptr : factors->data();
            const py::gil_scoped_release release;
            totals = sums_->of(kernel, beta.data(), lower, std::max<std::size_t>(part, 1));
        }
        const py::object precision =
            kernel.weighs() ? py::object(array_of(totals.precision, {k, k})) : py::object(py::none());
        const py::tuple found = py::make_tuple(totals.value, array_of(totals.slope, {k}), precision);
        return kernel.skews() ? py::tuple(found + py::make_tuple(array_of(totals.skew, {k}))) : found;
    }

    Array design_;
    std::optional<Array> centre_;
    std::shared_ptr<Likelihood> likelihood_;
    std::unique_ptr<LinearRows> rows_;
    std::unique_ptr<RowSums> sums_;
};

}  // namespace

void register_row_sums(py::module_& module) {
    using namespace py::literals;
    py::class_<PyRowSums>(module, "RowSums")
        .def(py::init<Array, std::optional<Array>, const Array&, std::shared_ptr<Likelihood>, bool,
                      std::size_t>(),
             py::kw_only(), "X"_a.noconvert(), "centre"_a = py::none(), "offset"_a, "likelihood"_a,
             "intercept"_a = false, "threads"_a = 1)
        .def_property_readonly("n_coefficients", &PyRowSums::size)
        .def("at_point", &PyRowSums::at_point, "beta"_a, "weigh"_a = true, "part"_a = 1)
        .def("third_order", &PyRowSums::third_order, "beta"_a, "factors"_a)
        .def("mean", &PyRowSums::mean, "beta"_a, "factors"_a, "nodes"_a, "shares"_a)
        .def("polya_gamma", &PyRowSums::polya_gamma, "beta"_a, "factors"_a)
        .def("log_likelihoods", &PyRowSums::log_likelihoods, "betas"_a);
}

}  // namespace polyagamma::binding
