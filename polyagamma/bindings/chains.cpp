#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "binding.hpp"
#include "mcmc/linear_chains.hpp"
#include "model.hpp"
#include "run.hpp"

namespace polyagamma::binding {
namespace {

// Chains with what they point into.
struct PyChains {
    PyChains(py::object model_object, std::vector<py::object> generators, const py::object& initial,
             std::size_t tune, const std::string& kernel, unsigned threads);

    const Model& full_model() const { return model.cast<const PyModel&>().model; }

    py::object model;
    std::vector<py::object> bit_generators;
    RowSpaceModel wide;
    std::unique_ptr<Chains> chains;
};

[[noreturn]] void raise(const RunStatus& result) {
    const char* kind =
        result.status.kind == Status::Kind::not_positive_definite ? "not_positive_definite" : "not_finite";
    raise_numerical_error(kind, result.chain, result.sweep, result.status.index);
}

void require(const Status& status) {
    if (!status.ok()) raise({status});
}

TransitionKernel kernel_choice(const std::string& name) {
    if (name == "auto") return TransitionKernel::automatic;
    if (name == "gibbs") return TransitionKernel::gibbs;
    if (name == "hmc") return TransitionKernel::hmc;
    throw py::value_error("kernel must be 'auto', 'gibbs' or 'hmc', not '" + name + "'");
}

PyChains::PyChains(py::object model_object, std::vector<py::object> generators, const py::object& initial,
                   std::size_t tune, const std::string& kernel, unsigned threads)
    : model(std::move(model_object)), bit_generators(std::move(generators)) {
    const ChainsOptions options{kernel_choice(kernel), tune, threads};
    const std::vector<BitGen*> bitgens = bitgens_of(bit_generators);
    Array start;
    if (!initial.is_none()) {
        start = initial.cast<Array>();
        const py::ssize_t shape[] = {static_cast<py::ssize_t>(bitgens.size()),
                                     static_cast<py::ssize_t>(full_model().prior.size())};
        if (start.ndim() != 2 || start.shape(0) != shape[0] || start.shape(1) != shape[1]) {
            throw py::value_error("initial must have shape (chains, coefficients)");
        }
    }
    const double* start_data = initial.is_none() ? nullptr : start.data();
    const bool reduce = full_model().prior.size() > full_model().rows.n;
    Status status;
    {
        const Locks locks(bit_generators);
        const py::gil_scoped_release release;
        if (reduce) status = wide.assign(full_model());
        if (status.ok()) {
            const Model& sampled = reduce ? wide.reduced() : full_model();
            chains = std::make_unique<Chains>(sampled, reduce ? &wide : nullptr, bitgens, options);
            status = chains->start(start_data);
        }
    }
    require(status);
}

OutputArray output_array(const py::dict& out, const char* name, std::size_t chains, std::size_t sweeps,
                         std::size_t last) {
    if (!out.contains(name)) return {};
    const auto array = py::reinterpret_borrow<py::array>(out[name]);
    const bool per_coefficient = last > 0;
    constexpr auto kItem = static_cast<py::ssize_t>(sizeof(double));
    const bool right =
        py::isinstance<py::array_t<double>>(array) && array.writeable() &&
        array.ndim() == (per_coefficient ? 3 : 2) && array.shape(0) == static_cast<py::ssize_t>(chains) &&
        array.shape(1) == static_cast<py::ssize_t>(sweeps) &&
        (!per_coefficient ||
         (array.shape(2) == static_cast<py::ssize_t>(last) && (last == 1 || array.strides(2) == kItem)));
    if (!right)
        throw py::value_error(std::string("out['") + name + "'] has the wrong shape, dtype or strides");
    return {static_cast<double*>(py::array(array).mutable_data()), array.strides(0) / kItem,
            array.strides(1) / kItem};
}

void run(PyChains& self, std::size_t sweeps, const py::object& out) {
    Output output;
    if (!out.is_none()) {
        const py::dict arrays(out);
        const auto array = [&](const char* name, std::size_t last) {
            return output_array(arrays, name, self.chains->size(), sweeps, last);
        };
        output = {array("beta", self.full_model().prior.size()), array("lp", 0), array("acceptance_rate", 0),
                  array("energy", 0)};
    }
    RunStatus result;
    {
        const Locks locks(self.bit_generators);
        const py::gil_scoped_release release;
        result = self.chains->run(sweeps, output);
    }
    if (!result.status.ok()) raise(result);
}

py::dict stats(const PyChains& self) {
    if (self.chains->kernel() == TransitionKernel::gibbs) return stat_names({"lp"});
    return stat_names({"lp", "acceptance_rate", "energy"});
}

py::dict kernel_info(const PyChains& self) {
    using namespace py::literals;
    const SweepSettings& settings = self.chains->settings();
    if (self.chains->kernel() == TransitionKernel::gibbs) return py::dict("kernel"_a = "gibbs");
    const WarmupReport& report = self.chains->report();
    const char* chosen = settings.gibbs_only() ? "gibbs" : settings.gibbs_every == 0 ? "hmc" : "hmc+gibbs";
    return py::dict("kernel"_a = chosen, "kicks"_a = settings.hmc.kicks, "angle"_a = settings.hmc.angle,
                    "trajectories"_a = settings.trajectories, "gibbs_every"_a = settings.gibbs_every,
                    "warmup_acceptance_rate"_a = report.acceptance, "shrinkage"_a = report.shrinkage,
                    "gibbs_autocorrelation"_a = report.gibbs_autocorrelation,
                    "hmc_autocorrelation"_a = report.hmc_autocorrelation,
                    "gibbs_efficiency"_a = report.gibbs_efficiency,
                    "hmc_efficiency"_a = report.hmc_efficiency);
}

py::dict state(PyChains& self) {
    using namespace py::literals;
    const Chains::State parts = self.chains->state();
    return py::dict("u"_a = to_array(parts.u), "centre"_a = to_array(parts.centre),
                    "basis"_a = to_array(parts.basis), "warmup"_a = to_array(parts.warmup),
                    "sweeps_done"_a = count(parts.sweeps_done));
}

void set_state(PyChains& self, const py::dict& parts) {
    require_fit(
        self.chains->set_state({to_vector(parts, "u"), to_vector(parts, "centre"), to_vector(parts, "basis"),
                                to_vector(parts, "warmup"), to_count(parts, "sweeps_done")}));
}

// Matrix in panels, vectors of rows; square matrices: whitening, metric and their temporaries, and MᵀΩM of
// each chain and strip of rows; the longest window of warm-up twice; for more coefficients than rows the
// orthonormal factor, L and the prior's factor.
std::uint64_t memory_estimate(std::size_t n_rows, std::size_t n_coefficients, std::size_t chains,
                              std::size_t tune) {
    const bool wide = n_coefficients > n_rows;
    const std::size_t k = std::max<std::size_t>(1, wide ? n_rows : n_coefficients);
    const std::size_t squares = 10 + chains * RowPartition::for_matrices(n_rows, k).count();
    std::uint64_t doubles = n_rows * (k + 8) + squares * k * k + (tune * chains * k) * 3 / 5;
    if (wide) doubles += n_rows * (n_coefficients + n_rows) + n_coefficients * n_coefficients;
    return 8 * doubles;
}

}  // namespace

void register_chains(py::module_& module) {
    using namespace py::literals;
    module.attr("NumericalError") = py::reinterpret_steal<py::object>(
        PyErr_NewException("polyagamma._gibbs.NumericalError", PyExc_ArithmeticError, nullptr));
    module.def("memory_estimate", &memory_estimate, "n_rows"_a, "n_coefficients"_a, "chains"_a, "tune"_a);
    py::class_<PyChains>(module, "LogisticChains")
        .def(py::init<py::object, std::vector<py::object>, const py::object&, std::size_t, const std::string&,
                      unsigned>(),
             py::kw_only(), "model"_a, "bit_generators"_a, "initial"_a = py::none(), "tune"_a = 0,
             "kernel"_a = "gibbs", "threads"_a = 1)
        .def_property_readonly("sweeps_done", [](const PyChains& self) { return self.chains->sweeps_done(); })
        .def_property_readonly("stats", &stats)
        .def_property_readonly("kernel_info", &kernel_info)
        .def("run", &run, "sweeps"_a, "out"_a = py::none())
        .def("state", &state)
        .def("set_state", &set_state, "state"_a);
}

}  // namespace polyagamma::binding
