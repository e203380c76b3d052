// Python's view of rows that are elsewhere: of shares of them, and of the chains that ask for their sums.
#include "likelihood/distant.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binding.hpp"
#include "mcmc/linear_sampler.hpp"
#include "mcmc/row_share.hpp"
#include "run.hpp"
#include "terms/distant_rows.hpp"
#include "terms/linear_model.hpp"
#include "transition_kernel.hpp"

namespace polyagamma::binding {
namespace {

using Keys = py::array_t<std::uint64_t, py::array::c_style>;

py::ssize_t signed_size(std::size_t size) {
    return static_cast<py::ssize_t>(size);
}

Array array_of(const Vector& values, std::vector<py::ssize_t> shape) {
    Array array(std::move(shape));
    std::copy(values.begin(), values.end(), array.mutable_data());
    return array;
}

// The rows of some units, which point into the caller's X; without X its `matrix` and `predictor` are to be
// filled with those of another such object.
class PyRowShare {
  public:
    PyRowShare(std::optional<Array> X, std::optional<Array> centre, const Array& offset,
               std::shared_ptr<Likelihood> likelihood, bool intercept, std::size_t n_coefficients,
               std::size_t n_rows, std::size_t first_unit, std::size_t last_unit)
        : design_(std::move(X)), centre_(std::move(centre)), likelihood_(std::move(likelihood)) {
        if (likelihood_->predictors() != 1 || likelihood_->extras() > 0)
            throw py::value_error("shares of rows need one linear predictor and no extras");
        const std::size_t columns = n_coefficients, rows = likelihood_->rows();
        const auto p = signed_size(columns) - (intercept ? 1 : 0);
        if (design_) require_shape(*design_, {signed_size(rows), p}, "X");
        if (centre_) require_shape(*centre_, {p}, "centre");
        require_shape(offset, {signed_size(rows)}, "offset");
        const RowUnits units(n_rows, columns);
        if (last_unit > units.count() || first_unit >= last_unit)
            throw py::value_error("there are no such units");
        const RowUnits::Range own = units.rows(first_unit, last_unit);
        if (own.end - own.begin != rows)
            throw py::value_error("the likelihood must have the rows of the units");
        const Vector mean(columns), precision(columns, 1.0);
        prior_ = std::make_unique<FixedPrior>(GaussianPrior(mean.data(), precision.data(), columns, true));
        Vector padded(likelihood_->padded());
        std::copy_n(offset.data(), rows, padded.begin());
        model_ =
            std::make_unique<LinearModel>(LinearModel{{design_ ? design_->data() : nullptr, rows, columns,
                                                       intercept, centre_ ? centre_->data() : nullptr},
                                                      std::move(padded),
                                                      *likelihood_,
                                                      *prior_,
                                                      blas()});
        const py::gil_scoped_release release;
        share_ = std::make_unique<RowShare>(*model_, units, first_unit, last_unit);
    }

    void assign(const Array& centre, const Array& basis) {
        if (!design_) throw py::value_error("rows without X stay in the coordinates that they were kept in");
        const auto k = signed_size(share_->size());
        require_shape(centre, {k}, "centre");
        require_shape(basis, {k, k}, "basis");
        const py::gil_scoped_release release;
        share_->assign(centre.data(), basis.data());
    }

    Array gradients(const Array& u, bool values) const {
        const std::size_t chains = points(u);
        return computed(share_->strips_of_vectors(),
                        [&] { return share_->gradients(u.data(), chains, values); });
    }

    Array augmented(const Array& u, const Keys& keys, bool values) const {
        const std::size_t chains = points(u);
        std::vector<FillKey> all(static_cast<std::size_t>(keys.size()) / 4);
        if (!all.empty() && all.size() != chains) throw py::value_error("every chain needs a key");
        for (std::size_t i = 0; i < 4 * all.size(); ++i) all[i / 4].words[i % 4] = keys.data()[i];
        return computed(share_->strips_of_matrices(),
                        [&] { return share_->augmented(u.data(), chains, all, values); });
    }

    Array curvatures(const Array& u, const std::optional<Array>& before) const {
        const std::size_t count = points(u);
        const auto k = signed_size(share_->size());
        if (before) require_shape(*before, {k, k}, "before");
        return computed(share_->strips_of_curvature(), [&] {
            return share_->curvatures(u.data(), count, before ? before->data() : nullptr);
        });
    }

    // Views, for as long as the coordinates stay.
    py::array_t<double> matrix(const py::object& self) {
        Panels& panels = share_->rows().kept_matrix();
        return py::array_t<double>(signed_size(panels.count() * kPanelRows * panels.columns()),
                                   panels.panel(0), self);
    }
    py::array_t<double> predictor(const py::object& self) {
        Vector& values = share_->rows().kept_predictor();
        return py::array_t<double>(signed_size(values.size()), values.data(), self);
    }

  private:
    std::size_t points(const Array& u) const {
        if (u.ndim() != 2) throw py::value_error("u must have two dimensions");
        require_shape(u, {u.shape(0), signed_size(share_->size())}, "u");
        return static_cast<std::size_t>(u.shape(0));
    }

    template <class Work>
    Array computed(std::size_t strips, Work work) const {
        Vector sums;
        {
            const py::gil_scoped_release release;
            sums = work();
        }
        return array_of(sums, {signed_size(strips), signed_size(sums.size() / strips)});
    }

    std::optional<Array> design_, centre_;
    std::shared_ptr<Likelihood> likelihood_;
    std::unique_ptr<FixedPrior> prior_;
    std::unique_ptr<LinearModel> model_;
    std::unique_ptr<RowShare> share_;
};

// Rows that a Python object finds the sums of. An exception of its waits until the run is over; until then
// all sums are NaN, with which the chains go nowhere, and nobody is asked any more.
class CalledRows final : public DistantRows {
  public:
    CalledRows(py::object rows, std::size_t k) : rows_(std::move(rows)), k_(signed_size(k)) {}

    void assign(const Vector& centre, const Vector& basis) override {
        call([&] { rows_.attr("assign")(array_of(centre, {k_}), array_of(basis, {k_, k_})); });
    }

    void gradients(const Vector& u, std::size_t, bool values, Vector& sums) override {
        call_for(sums.data(), sums.size(), [&] { return rows_.attr("gradients")(points(u), values); });
    }

    void augmented(const Vector& u, const std::vector<FillKey>& keys, bool values, Vector& sums) override {
        call_for(sums.data(), sums.size(), [&] {
            Keys words(std::vector<py::ssize_t>{signed_size(keys.size()), 4});
            for (std::size_t i = 0; i < 4 * keys.size(); ++i)
                words.mutable_data()[i] = keys[i / 4].words[i % 4];
            return rows_.attr("augmented")(points(u), words, values);
        });
    }

    void add_curvature(const Vector& u, std::size_t, double* gram) override {
        const std::size_t size = static_cast<std::size_t>(k_) * static_cast<std::size_t>(k_);
        const Vector before(gram, gram + size);
        call_for(gram, size,
                 [&] { return rows_.attr("add_curvature")(points(u), array_of(before, {k_, k_})); });
    }

    void rethrow() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

  private:
    Array points(const Vector& u) const { return array_of(u, {signed_size(u.size()) / k_, k_}); }

    template <class Work>
    void call(Work work) {
        if (error_) return;
        const py::gil_scoped_acquire gil;
        try {
            work();
        } catch (...) {
            error_ = std::current_exception();
        }
    }

    template <class Work>
    void call_for(double* to, std::size_t size, Work work) {
        std::fill_n(to, size, std::numeric_limits<double>::quiet_NaN());
        call([&] {
            const Array found = work().template cast<Array>();
            if (static_cast<std::size_t>(found.size()) != size)
                throw py::value_error("the sums of the rows have the wrong size");
            std::copy_n(found.data(), size, to);
        });
    }

    py::object rows_;
    py::ssize_t k_;
    std::exception_ptr error_;
};

struct OwnedRows {
    OwnedRows(py::object object, std::size_t n, std::size_t columns, std::shared_ptr<Prior> own)
        : rows(std::move(object), columns),
          likelihood(n),
          prior(std::move(own)),
          model{{nullptr, n, columns, false}, {}, likelihood, *prior, blas(), &rows} {}

    CalledRows rows;
    DistantLikelihood likelihood;
    std::shared_ptr<Prior> prior;
    LinearModel model;
};

// Chains of one thread: it is the rows that are shared out.
PyChains distant_chains(py::object rows, std::size_t n_rows, std::shared_ptr<Prior> prior,
                        std::vector<py::object> bit_generators, std::size_t tune, const std::string& kernel) {
    const LinearSampler::Options options{transition_kernel(kernel), tune, 1};
    const std::size_t k = prior->size();
    if (!prior->scales().empty()) throw py::value_error("priors of distant rows must not have scales");
    if (k > n_rows) throw py::value_error("distant rows must be as many as coefficients");
    auto owned = std::make_shared<OwnedRows>(std::move(rows), n_rows, k, std::move(prior));
    std::vector<BitGen*> bitgens = bitgens_of(bit_generators);
    auto sampler = std::make_unique<LinearSampler>(owned->model, nullptr, std::move(bitgens), options);
    OwnedRows* parts = owned.get();
    return PyChains({std::move(owned), std::move(bit_generators),
                     std::make_unique<Chains>(std::move(sampler), 1), [parts] { parts->rows.rethrow(); }});
}

std::vector<std::pair<std::size_t, std::size_t>> row_units(std::size_t n_rows, std::size_t k) {
    const RowUnits units(n_rows, k);
    std::vector<std::pair<std::size_t, std::size_t>> all;
    for (std::size_t i = 0; i < units.count(); ++i) {
        const RowUnits::Range own = units.rows(i, i + 1);
        all.emplace_back(own.begin, own.end);
    }
    return all;
}

}  // namespace

void register_distant(py::module_& module) {
    using namespace py::literals;
    py::class_<PyRowShare>(module, "RowShare")
        .def(py::init<std::optional<Array>, std::optional<Array>, const Array&, std::shared_ptr<Likelihood>,
                      bool, std::size_t, std::size_t, std::size_t, std::size_t>(),
             py::kw_only(), "X"_a.noconvert(), "centre"_a, "offset"_a, "likelihood"_a, "intercept"_a,
             "n_coefficients"_a, "n_rows"_a, "first_unit"_a, "last_unit"_a)
        .def_property_readonly("matrix",
                               [](const py::object& self) { return self.cast<PyRowShare&>().matrix(self); })
        .def_property_readonly(
            "predictor", [](const py::object& self) { return self.cast<PyRowShare&>().predictor(self); })
        .def("assign", &PyRowShare::assign, "centre"_a, "basis"_a)
        .def("gradients", &PyRowShare::gradients, "u"_a, "values"_a)
        .def("augmented", &PyRowShare::augmented, "u"_a, "keys"_a, "values"_a)
        .def("curvatures", &PyRowShare::curvatures, "u"_a, "before"_a);
    module.def("row_units", &row_units, "n_rows"_a, "n_coefficients"_a);
    module.def(
        "row_units_chained", [](std::size_t n_rows, std::size_t k) { return RowUnits(n_rows, k).chained(); },
        "n_rows"_a, "n_coefficients"_a);
    module.def("distant_chains", &distant_chains, py::kw_only(), "rows"_a, "n_rows"_a, "prior"_a,
               "bit_generators"_a, "tune"_a, "kernel"_a);
}

}  // namespace polyagamma::binding
