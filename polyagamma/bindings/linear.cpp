// Python's view of likelihoods, priors, linear models and their chains.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "binding.hpp"
#include "likelihood/likelihood.hpp"
#include "likelihood/merge_rows.hpp"
#include "likelihood/registry.hpp"
#include "mcmc/linear_sampler.hpp"
#include "mcmc/make_linear_sampler.hpp"
#include "run.hpp"
#include "terms/gradient_pass.hpp"
#include "terms/linear_model.hpp"
#include "terms/prior.hpp"
#include "terms/row_partition.hpp"
#include "terms/row_space.hpp"
#include "transition_kernel.hpp"

namespace polyagamma::binding {
namespace {

using Centre = std::optional<Array>;

// One of the registered types, from its arrays by name.
template <class Type>
std::shared_ptr<Type> make(const std::string& name, std::size_t size, const py::dict& given) {
    const auto* kind = Registry<Type>::find(name);
    if (kind == nullptr) throw py::value_error("there is no '" + name + "'");
    std::vector<Vector> arrays;
    std::vector<std::string> names(kind->arrays);
    names.insert(names.end(), kind->settings.begin(), kind->settings.end());
    for (const std::string& one : names) {
        if (!given.contains(one)) throw py::value_error("'" + name + "' needs '" + one + "'");
        const auto array = given[one.c_str()].cast<Array>();
        arrays.emplace_back(array.data(), array.data() + array.size());
    }
    if (given.size() != arrays.size()) throw py::value_error("'" + name + "' does not take all of these");
    std::shared_ptr<Type> made = kind->make(size, arrays);
    if (!made) throw py::value_error("the arrays of '" + name + "' have the wrong sizes");
    return made;
}

// Arrays of likelihoods have an entry for each row, settings do not.
std::shared_ptr<Likelihood> make_likelihood(const std::string& name, const py::dict& arrays) {
    const auto* kind = Registry<Likelihood>::find(name);
    const py::ssize_t rows = arrays.size() == 0 ? 0 : py::len((*arrays.begin()).second);
    for (const auto& [key, array] : arrays) {
        const auto own = key.cast<std::string>();
        const bool of_rows =
            kind == nullptr || std::count(kind->settings.begin(), kind->settings.end(), own) == 0;
        if (of_rows) require_shape(array.cast<Array>(), {rows}, own.c_str());
    }
    return make<Likelihood>(name, static_cast<std::size_t>(rows), arrays);
}

// A model and what it points into: the caller's design, or a smaller one without repeated rows.
class PyLinearModel {
  public:
    PyLinearModel(Array X, Centre centre, const Array& offset, std::shared_ptr<Likelihood> likelihood,
                  std::shared_ptr<Prior> prior, bool intercept)
        : design_(std::move(X)),
          centre_(std::move(centre)),
          likelihood_(std::move(likelihood)),
          prior_(std::move(prior)) {
        check_shapes(offset, intercept);
        const std::size_t extras = likelihood_->extras();
        if (extras > 0) prior_ = std::make_shared<ExtendedPrior>(std::move(prior_), extras);
        const double* const shift = centre_ ? centre_->data() : nullptr;
        merge(offset);
        const double* x = merged_.n > 0 ? merged_.x.data() : design_.data();
        const double* known = merged_.n > 0 ? merged_.offset.data() : offset.data();
        const std::size_t n = likelihood_->rows(), predictors = likelihood_->predictors();
        Vector padded(predictors * likelihood_->padded());
        for (std::size_t k = 0; k < predictors; ++k)
            std::copy_n(known + k * n, n, &padded[k * likelihood_->padded()]);
        const std::size_t zeros = predictors == 1 ? extras : 0;
        const std::size_t columns = static_cast<std::size_t>(design_.shape(1)) + intercept + zeros;
        model_ = std::make_unique<LinearModel>(LinearModel{
            {x, n, columns, intercept, shift, zeros}, std::move(padded), *likelihood_, *prior_, blas()});
    }

    const LinearModel& model() const { return *model_; }

    double log_posterior(const Array& beta) const {
        require_shape(beta, {static_cast<py::ssize_t>(prior_->size())}, "beta");
        const py::gil_scoped_release release;
        const Whitening whitening(*model_);
        const ChainPosterior posterior{likelihood_.get(), &whitening.prior()};
        Density density(whitening.size());
        GradientPass({&posterior}, whitening.size(), 1).run_alone(whitening, beta.data(), density);
        return density.log_posterior;
    }

  private:
    void check_shapes(const Array& offset, bool intercept) const {
        if (design_.ndim() != 2) throw py::value_error("X must have two dimensions");
        if (centre_) require_shape(*centre_, {design_.shape(1)}, "centre");
        const auto predictors = static_cast<py::ssize_t>(likelihood_->predictors());
        if (predictors == 1) {
            require_shape(offset, {design_.shape(0)}, "offset");
        } else {
            require_shape(offset, {predictors, design_.shape(0)}, "offset");
        }
        if (static_cast<py::ssize_t>(likelihood_->rows()) != design_.shape(0))
            throw py::value_error("the likelihood must have the rows of X");
        if (static_cast<py::ssize_t>(prior_->size()) != predictors * (design_.shape(1) + (intercept ? 1 : 0)))
            throw py::value_error("the prior must have the coefficients of X");
    }

    void merge(const Array& offset) {
        const py::gil_scoped_release release;
        merged_ = merge_rows(design_.data(), offset.data(), static_cast<std::size_t>(design_.shape(0)),
                             static_cast<std::size_t>(design_.shape(1)), likelihood_->predictors());
        if (merged_.n == 0) return;
        std::shared_ptr<Likelihood> fewer = likelihood_->merged(merged_.place, merged_.n);
        if (fewer) {
            likelihood_ = std::move(fewer);
        } else {
            merged_ = {};
        }
    }

    Array design_;
    Centre centre_;
    std::shared_ptr<Likelihood> likelihood_;
    std::shared_ptr<Prior> prior_;
    MergedRows merged_;
    std::unique_ptr<LinearModel> model_;
};

struct OwnedModel {
    std::shared_ptr<PyLinearModel> model;
    RowSpaceModel row_space;
};

PyChains linear_chains(std::shared_ptr<PyLinearModel> model, std::vector<py::object> bit_generators,
                       std::size_t tune, const std::string& kernel, std::size_t threads) {
    const LinearSampler::Options options{transition_kernel(kernel), tune, threads};
    if (options.kernel == TransitionKernel::gibbs && !model->model().likelihood.augments())
        throw py::value_error("kernel='gibbs' needs a likelihood with a Pólya-gamma form");
    auto owned = std::make_shared<OwnedModel>(OwnedModel{std::move(model), {}});
    const LinearModel& full = owned->model->model();
    const bool reduce = reduces(full);
    std::vector<BitGen*> bitgens = bitgens_of(bit_generators);
    std::unique_ptr<Sampler> sampler;
    Status status;
    {
        const py::gil_scoped_release release;
        if (reduce) status = owned->row_space.assign(full);
        if (status.ok())
            sampler =
                make_linear_sampler(full, reduce ? &owned->row_space : nullptr, std::move(bitgens), options);
    }
    require(status);
    auto chains = std::make_unique<Chains>(std::move(sampler), threads);
    return PyChains({std::move(owned), std::move(bit_generators), std::move(chains)});
}

// Of many coefficients of several predictors: X in panels, and in rows twice while the mode is looked for;
// vectors of rows; lanes of a pass; vectors of chains.
std::uint64_t doubles_of_factors(std::size_t n_rows, std::size_t n_coefficients, std::size_t chains,
                                 std::size_t predictors) {
    const std::size_t columns = n_coefficients / predictors;
    const std::size_t strips = RowPartition::for_vectors(n_rows).count();
    std::uint64_t doubles = n_rows * (3 * columns + 6 * predictors);
    doubles += chains * n_coefficients * (strips * kPanelRows + 24);
    return doubles + 12 * (columns * columns + predictors * predictors);
}

// Of several predictors: X in panels and vectors of rows; coordinates in rows and panels, metric and their
// temporaries; workspace of a pass; the longest window of warm-up twice.
std::uint64_t doubles_of_predictors(std::size_t n_rows, std::size_t n_coefficients, std::size_t chains,
                                    std::size_t tune, std::size_t predictors) {
    const std::size_t strips = RowPartition::for_vectors(n_rows).count();
    std::uint64_t doubles = n_rows * (n_coefficients / predictors + 6 * predictors);
    doubles += 12 * n_coefficients * n_coefficients + 2 * strips * chains * n_coefficients * kPanelRows;
    return doubles + (tune * chains * n_coefficients) * 3 / 5;
}

// Matrix in panels, vectors of rows; square matrices: coordinates, metric and their temporaries, and MᵀΩM of
// each chain and strip of rows; the longest window of warm-up twice; for more coefficients than rows the
// orthonormal factor, L and the prior's factor.
std::uint64_t memory_estimate(std::size_t n_rows, std::size_t n_coefficients, std::size_t chains,
                              std::size_t tune, std::size_t predictors, bool along_trajectories) {
    if (along_trajectories && factorises(n_coefficients, predictors))
        return 8 * doubles_of_factors(n_rows, n_coefficients, chains, predictors);
    if (predictors > 1) return 8 * doubles_of_predictors(n_rows, n_coefficients, chains, tune, predictors);
    const bool wide = n_coefficients > n_rows;
    const std::size_t k = std::max<std::size_t>(1, wide ? n_rows : n_coefficients);
    const std::size_t squares = 10 + chains * RowPartition::for_matrices(n_rows, k).count();
    std::uint64_t doubles = n_rows * (k + 8) + squares * k * k + (tune * chains * k) * 3 / 5;
    if (wide) doubles += n_rows * (n_coefficients + n_rows) + n_coefficients * n_coefficients;
    return 8 * doubles;
}

}  // namespace

void register_linear(py::module_& module) {
    using namespace py::literals;
    py::class_<Likelihood, std::shared_ptr<Likelihood>>(module, "Likelihood")
        .def(py::init(&make_likelihood), "name"_a, "arrays"_a)
        .def_property_readonly("rows", &Likelihood::rows)
        .def_property_readonly("extras", &Likelihood::extras)
        .def_property_readonly("augments", [](const Likelihood& self) { return self.augments(); })
        .def_property_readonly("coupled", &Likelihood::coupled)
        .def_property_readonly("predictors", &Likelihood::predictors);
    py::class_<Prior, std::shared_ptr<Prior>>(module, "Prior")
        .def(py::init(&make<Prior>), "name"_a, "size"_a, "arrays"_a);
    py::class_<PyLinearModel, std::shared_ptr<PyLinearModel>>(module, "LinearModel")
        .def(py::init<Array, Centre, const Array&, std::shared_ptr<Likelihood>, std::shared_ptr<Prior>,
                      bool>(),
             py::kw_only(), "X"_a.noconvert(), "centre"_a = py::none(), "offset"_a, "likelihood"_a, "prior"_a,
             "intercept"_a = false)
        .def_property_readonly("n_distinct_rows",
                               [](const PyLinearModel& self) { return self.model().design.n; })
        .def_property_readonly("n_coefficients",
                               [](const PyLinearModel& self) { return self.model().prior.size(); })
        .def("log_posterior", &PyLinearModel::log_posterior, "beta"_a);
    module.def("memory_estimate", &memory_estimate, "n_rows"_a, "n_coefficients"_a, "chains"_a, "tune"_a,
               "predictors"_a = 1, "along_trajectories"_a = true);
    module.def("linear_chains", &linear_chains, py::kw_only(), "model"_a, "bit_generators"_a, "tune"_a = 0,
               "kernel"_a = "gibbs", "threads"_a = 1);
}

}  // namespace polyagamma::binding
