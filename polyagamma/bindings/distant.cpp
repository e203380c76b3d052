// Python's view of rows that are elsewhere: of shares of them, and of the chains that ask for their sums.
#include "likelihood/distant.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binding.hpp"
#include "mcmc/linear_sampler.hpp"
#include "mcmc/row_share.hpp"
#include "run.hpp"
#include "terms/distant_dispersion.hpp"
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

Vector vector_of(const Array& values) {
    return {values.data(), values.data() + values.size()};
}

// The rows of some units, which point into the caller's X, or into the matrix of another such object, which
// was kept; `offset` is that one's `predictor` then.
class PyRowShare {
  public:
    PyRowShare(std::optional<Array> X, std::optional<Array> matrix, std::optional<Array> centre,
               const Array& offset, std::shared_ptr<Likelihood> likelihood, bool intercept,
               std::size_t n_coefficients, std::size_t n_rows, std::size_t first_unit, std::size_t last_unit)
        : design_(std::move(X)),
          kept_(std::move(matrix)),
          centre_(std::move(centre)),
          likelihood_(std::move(likelihood)) {
        const std::size_t rows = likelihood_->rows(), predictors = likelihood_->predictors();
        const std::size_t zeros = predictors == 1 ? likelihood_->extras() : 0;
        const std::size_t columns = n_coefficients / predictors;
        check_shapes(signed_size(columns) - (intercept ? 1 : 0) - signed_size(zeros), columns);
        if (predictors == 1) {
            require_shape(offset, {signed_size(rows)}, "offset");
        } else {
            require_shape(offset, {signed_size(predictors), signed_size(rows)}, "offset");
        }
        const RowUnits units(n_rows, n_coefficients, predictors);
        if (last_unit > units.count() || first_unit >= last_unit)
            throw py::value_error("there are no such units");
        const RowUnits::Range own = units.rows(first_unit, last_unit);
        if (own.end - own.begin != rows)
            throw py::value_error("the likelihood must have the rows of the units");
        const Vector mean(n_coefficients), precision(n_coefficients, 1.0);
        prior_ =
            std::make_unique<FixedPrior>(GaussianPrior(mean.data(), precision.data(), n_coefficients, true));
        Vector padded(predictors * likelihood_->padded());
        for (std::size_t k = 0; k < predictors; ++k)
            std::copy_n(offset.data() + k * rows, rows, &padded[k * likelihood_->padded()]);
        model_ =
            std::make_unique<LinearModel>(LinearModel{{design_ ? design_->data() : nullptr, rows, columns,
                                                       intercept, centre_ ? centre_->data() : nullptr, zeros},
                                                      std::move(padded),
                                                      *likelihood_,
                                                      *prior_,
                                                      blas(),
                                                      nullptr,
                                                      kept_ ? kept_->data() : nullptr});
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

    Array gradients(const Array& u, const Array& extras, bool values) const {
        const std::size_t chains = points(u);
        return computed(share_->strips_of_vectors(),
                        [&] { return share_->gradients(u.data(), chains, told(extras, chains), values); });
    }

    Array augmented(const Array& u, const Array& extras, std::size_t predictor, const Keys& keys,
                    bool values) const {
        const std::size_t chains = points(u);
        if (predictor >= likelihood_->predictors()) throw py::value_error("there is no such predictor");
        std::vector<FillKey> all(static_cast<std::size_t>(keys.size()) / 4);
        if (!all.empty() && all.size() != chains) throw py::value_error("every chain needs a key");
        for (std::size_t i = 0; i < 4 * all.size(); ++i) all[i / 4].words[i % 4] = keys.data()[i];
        return computed(share_->strips_of_matrices(), [&] {
            return share_->augmented(u.data(), chains, told(extras, chains), predictor, all, values);
        });
    }

    Array curvatures(const Array& u, const Array& extras, const std::optional<Array>& before) const {
        const std::size_t count = points(u);
        if (before) require_shape(*before, {signed_size(share_->curvature_size(count))}, "before");
        return computed(share_->strips_of_curvature(), [&] {
            return share_->curvatures(u.data(), count, told(extras, count),
                                      before ? before->data() : nullptr);
        });
    }

    Array extra_sums(const Array& u, const Array& extras, const Array& before) const {
        if (points(u) != 1) throw py::value_error("u must be one point");
        require_shape(before, {2 * extras.size() * signed_size(kPanelRows)}, "before");
        return computed(1,
                        [&] { return share_->extra_sums(u.data(), vector_of(extras), vector_of(before)); });
    }

    // Views, for as long as the coordinates stay; of rows that are not padded.
    py::array_t<double> matrix(const py::object& self) const {
        const Panels& panels = share_->rows().matrix();
        return py::array_t<double>(signed_size(panels.count() * kPanelRows * panels.columns()),
                                   panels.panel(0), self);
    }
    py::array_t<double> predictor(const py::object& self) const {
        const std::size_t predictors = likelihood_->predictors(), padded = likelihood_->padded();
        const auto step = signed_size(sizeof(double));
        return py::array_t<double>({signed_size(predictors), signed_size(likelihood_->rows())},
                                   {signed_size(padded) * step, step}, share_->rows().predictor().data(),
                                   self);
    }

  private:
    void check_shapes(py::ssize_t p, std::size_t columns) const {
        const auto rows = signed_size(likelihood_->rows()), padded = signed_size(likelihood_->padded());
        if (design_.has_value() == kept_.has_value())
            throw py::value_error("shares need X or a matrix that was kept");
        if (design_) require_shape(*design_, {rows, p}, "X");
        if (kept_) require_shape(*kept_, {padded * signed_size(columns)}, "matrix");
        if (centre_) require_shape(*centre_, {p}, "centre");
    }

    // Extras of the points; of rows without extras there are none.
    Vector told(const Array& extras, std::size_t points) const {
        if (static_cast<std::size_t>(extras.size()) != points * likelihood_->extras())
            throw py::value_error("every point needs the likelihood's extras");
        return vector_of(extras);
    }

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

    std::optional<Array> design_, kept_, centre_;
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

    void gradients(const Vector& u, const Vector& extras, bool values, Vector& sums) override {
        call_for(sums,
                 [&] { return rows_.attr("gradients")(points(u), array_of(extras, flat(extras)), values); });
    }

    void augmented(const Vector& u, const Vector& extras, std::size_t predictor,
                   const std::vector<FillKey>& keys, bool values, Vector& sums) override {
        call_for(sums, [&] {
            Keys words(std::vector<py::ssize_t>{signed_size(keys.size()), 4});
            for (std::size_t i = 0; i < 4 * keys.size(); ++i)
                words.mutable_data()[i] = keys[i / 4].words[i % 4];
            return rows_.attr("augmented")(points(u), array_of(extras, flat(extras)), predictor, words,
                                           values);
        });
    }

    void add_curvature(const Vector& u, const Vector& extras, Vector& gram) override {
        const Vector before(gram);
        call_for(gram, [&] {
            return rows_.attr("add_curvature")(points(u), array_of(extras, flat(extras)),
                                               array_of(before, flat(before)));
        });
    }

    void add_extra_sums(const Vector& u, const Vector& extras, Vector& lanes) override {
        const Vector before(lanes);
        call_for(lanes, [&] {
            return rows_.attr("add_extra_sums")(points(u), array_of(extras, flat(extras)),
                                                array_of(before, flat(before)));
        });
    }

    void rethrow() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

  private:
    static std::vector<py::ssize_t> flat(const Vector& values) { return {signed_size(values.size())}; }

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
    void call_for(Vector& to, Work work) {
        std::fill(to.begin(), to.end(), std::numeric_limits<double>::quiet_NaN());
        call([&] {
            const Array found = work().template cast<Array>();
            if (static_cast<std::size_t>(found.size()) != to.size())
                throw py::value_error("the sums of the rows have the wrong size");
            std::copy_n(found.data(), to.size(), to.begin());
        });
    }

    py::object rows_;
    py::ssize_t k_;
    std::exception_ptr error_;
};

// What is known of counts that are elsewhere, and the prior of their dispersion.
class PyDistantCounts {
  public:
    PyDistantCounts(const Array& counts, const Array& weights, double total, const Array& dispersion)
        : prior_{dispersion.data()[0], dispersion.data()[1], dispersion.data()[2]} {
        require_shape(weights, {counts.size()}, "weights");
        std::map<double, double> each;
        for (py::ssize_t i = 0; i < counts.size(); ++i) each[counts.data()[i]] = weights.data()[i];
        table_ = std::make_shared<CountTable>(each, total);
    }
    LogDispersion dispersion() const { return {table_, prior_}; }

  private:
    LogDispersion::Prior prior_;
    std::shared_ptr<const CountTable> table_;
};

// How rows that are elsewhere depend on their linear predictors, as far as chains need to know.
struct DistantForm {
    std::size_t rows, predictors;
    bool coupled;
    const PyDistantCounts* counts;  // null: without extras
};

struct OwnedRows {
    OwnedRows(py::object object, const DistantForm& form, std::shared_ptr<Prior> own)
        : prior(form.counts ? std::make_shared<ExtendedPrior>(std::move(own), 1) : std::move(own)),
          rows(std::move(object), prior->size()),
          likelihood(made(form, rows, prior->size())),
          model{{nullptr, form.rows, prior->size() / form.predictors, false},
                {},
                *likelihood,
                *prior,
                blas(),
                &rows} {}

    static std::unique_ptr<DistantLikelihood> made(const DistantForm& form, DistantRows& rows,
                                                   std::size_t k) {
        if (form.counts == nullptr)
            return std::make_unique<DistantLikelihood>(form.rows, form.predictors, form.coupled);
        return std::make_unique<DistantNegativeBinomial>(rows, form.rows, k, form.counts->dispersion());
    }

    std::shared_ptr<Prior> prior;
    CalledRows rows;
    std::unique_ptr<DistantLikelihood> likelihood;
    LinearModel model;
};

// Chains of one thread: it is the rows that are shared out.
PyChains distant_chains(py::object rows, std::size_t n_rows, std::size_t predictors, bool coupled,
                        const PyDistantCounts* counts, std::shared_ptr<Prior> prior,
                        std::vector<py::object> bit_generators, std::size_t tune, const std::string& kernel) {
    const LinearSampler::Options options{transition_kernel(kernel), tune, 1};
    if (!prior->scales().empty()) throw py::value_error("priors of distant rows must not have scales");
    if (prior->size() > predictors * n_rows)
        throw py::value_error("distant rows must be as many as coefficients");
    auto owned = std::make_shared<OwnedRows>(
        std::move(rows), DistantForm{n_rows, predictors, coupled, counts}, std::move(prior));
    std::vector<BitGen*> bitgens = bitgens_of(bit_generators);
    auto sampler = std::make_unique<LinearSampler>(owned->model, nullptr, std::move(bitgens), options);
    OwnedRows* parts = owned.get();
    return PyChains({std::move(owned), std::move(bit_generators),
                     std::make_unique<Chains>(std::move(sampler), 1), [parts] { parts->rows.rethrow(); }});
}

std::vector<std::pair<std::size_t, std::size_t>> row_units(std::size_t n_rows, std::size_t k,
                                                           std::size_t predictors) {
    const RowUnits units(n_rows, k, predictors);
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
        .def(
            py::init<std::optional<Array>, std::optional<Array>, std::optional<Array>, const Array&,
                     std::shared_ptr<Likelihood>, bool, std::size_t, std::size_t, std::size_t, std::size_t>(),
            py::kw_only(), "X"_a.noconvert() = py::none(), "matrix"_a.noconvert() = py::none(), "centre"_a,
            "offset"_a, "likelihood"_a, "intercept"_a, "n_coefficients"_a, "n_rows"_a, "first_unit"_a,
            "last_unit"_a)
        .def_property_readonly("matrix",
                               [](const py::object& self) { return self.cast<PyRowShare&>().matrix(self); })
        .def_property_readonly(
            "predictor", [](const py::object& self) { return self.cast<PyRowShare&>().predictor(self); })
        .def("assign", &PyRowShare::assign, "centre"_a, "basis"_a)
        .def("gradients", &PyRowShare::gradients, "u"_a, "extras"_a, "values"_a)
        .def("augmented", &PyRowShare::augmented, "u"_a, "extras"_a, "predictor"_a, "keys"_a, "values"_a)
        .def("curvatures", &PyRowShare::curvatures, "u"_a, "extras"_a, "before"_a)
        .def("extra_sums", &PyRowShare::extra_sums, "u"_a, "extras"_a, "before"_a);
    py::class_<PyDistantCounts>(module, "DistantCounts")
        .def(py::init<const Array&, const Array&, double, const Array&>(), "counts"_a, "weights"_a, "total"_a,
             "dispersion"_a);
    module.def("row_units", &row_units, "n_rows"_a, "n_coefficients"_a, "predictors"_a);
    module.def(
        "row_units_chained",
        [](std::size_t n_rows, std::size_t k, std::size_t predictors) {
            return RowUnits(n_rows, k, predictors).chained();
        },
        "n_rows"_a, "n_coefficients"_a, "predictors"_a);
    module.def("distant_chains", &distant_chains, py::kw_only(), "rows"_a, "n_rows"_a, "predictors"_a,
               "coupled"_a, "counts"_a = static_cast<const PyDistantCounts*>(nullptr), "prior"_a,
               "bit_generators"_a, "tune"_a, "kernel"_a);
}

}  // namespace polyagamma::binding
