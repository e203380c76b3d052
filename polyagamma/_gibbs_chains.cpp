#include <stdexcept>
#include <string>
#include <vector>

#include "_gibbs_binding.hpp"
#include "_gibbs_model.hpp"
#include "gibbs/chains.hpp"
#include "gibbs/mode.hpp"

namespace polyagamma::binding {
namespace {

PyObject* numerical_error = nullptr;

BitGen* bitgen_of(const py::handle& bit_generator) {
    return py::capsule(bit_generator.attr("capsule"));
}

std::vector<BitGen*> bitgens_of(const std::vector<py::object>& bit_generators) {
    std::vector<BitGen*> pointers;
    for (const py::object& one : bit_generators) pointers.push_back(bitgen_of(one));
    return pointers;
}

// Holds the locks of bit generators for as long as it lives; needs the GIL.
class Locks {
  public:
    explicit Locks(const std::vector<py::object>& bit_generators) : bit_generators_(bit_generators) {
        for (const py::object& one : bit_generators_) one.attr("lock").attr("acquire")();
    }
    ~Locks() {
        for (const py::object& one : bit_generators_) one.attr("lock").attr("release")();
    }
    Locks(const Locks&) = delete;
    Locks& operator=(const Locks&) = delete;

  private:
    const std::vector<py::object>& bit_generators_;
};

// Chains with the Python objects that they point into.
struct PyChains {
    PyChains(py::object model_object, std::vector<py::object> generators, const Array& initial, unsigned threads)
        : model(std::move(model_object)),
          bit_generators(std::move(generators)),
          chains(model.cast<const PyModel&>().model, bitgens_of(bit_generators), initial.data(), threads) {}

    py::object model;
    std::vector<py::object> bit_generators;
    Chains chains;
};

OutputArray output_array(const py::dict& out, const char* name, std::size_t chains, std::size_t sweeps,
                         std::size_t last) {
    if (!out.contains(name)) return {};
    const auto array = py::reinterpret_borrow<py::array>(out[name]);
    const bool per_coefficient = last > 0;
    constexpr auto kItem = static_cast<py::ssize_t>(sizeof(double));
    const bool right = py::isinstance<py::array_t<double>>(array) && array.writeable() &&
                       array.ndim() == (per_coefficient ? 3 : 2) &&
                       array.shape(0) == static_cast<py::ssize_t>(chains) &&
                       array.shape(1) == static_cast<py::ssize_t>(sweeps) &&
                       (!per_coefficient || (array.shape(2) == static_cast<py::ssize_t>(last) &&
                                             (last == 1 || array.strides(2) == kItem)));
    if (!right) throw py::value_error(std::string("out['") + name + "'] has the wrong shape, dtype or strides");
    return {static_cast<double*>(py::array(array).mutable_data()), array.strides(0) / kItem, array.strides(1) / kItem};
}

const char* kind_name(Status::Kind kind) {
    return kind == Status::Kind::not_positive_definite ? "not_positive_definite" : "not_finite";
}

void run(PyChains& self, std::size_t sweeps, const py::object& out) {
    Output output;
    if (!out.is_none()) {
        const py::dict arrays(out);
        const std::size_t p = self.model.cast<const PyModel&>().model.prior.size();
        output.beta = output_array(arrays, "beta", self.chains.size(), sweeps, p);
        output.lp = output_array(arrays, "lp", self.chains.size(), sweeps, 0);
        output.acceptance_rate = output_array(arrays, "acceptance_rate", self.chains.size(), sweeps, 0);
        output.energy = output_array(arrays, "energy", self.chains.size(), sweeps, 0);
    }
    RunStatus result;
    {
        const Locks locks(self.bit_generators);
        const py::gil_scoped_release release;
        result = self.chains.run(sweeps, output);
    }
    if (result.status.ok()) return;
    const py::tuple arguments =
        py::make_tuple(kind_name(result.status.kind), result.chain, result.sweep, result.status.index);
    PyErr_SetObject(numerical_error, arguments.ptr());
    throw py::error_already_set();
}

py::dict stats(const PyChains&) {
    py::dict names;
    names["lp"] = py::dtype::of<double>();
    return names;
}

py::dict state(const PyChains& self) {
    const Vector& u = self.chains.states();
    py::dict parts;
    parts["u"] = py::array_t<double>(static_cast<py::ssize_t>(u.size()), u.data());
    parts["sweeps_done"] = py::array_t<std::uint64_t>(1, std::vector<std::uint64_t>{self.chains.sweeps_done()}.data());
    return parts;
}

void set_state(PyChains& self, const py::dict& parts) {
    const Array u = parts["u"].cast<Array>();
    if (u.size() != static_cast<py::ssize_t>(self.chains.states().size())) {
        throw py::value_error("state does not fit these chains");
    }
    const auto sweeps_done = parts["sweeps_done"].cast<py::array_t<std::uint64_t>>();
    self.chains.set_states(u.data(), sweeps_done.at(0));
}

}  // namespace

void register_chains(py::module_& module) {
    using namespace py::literals;
    numerical_error = PyErr_NewException("polyagamma._gibbs.NumericalError", PyExc_ArithmeticError, nullptr);
    module.attr("NumericalError") = py::handle(numerical_error);
    py::class_<PyChains>(module, "LogisticChains")
        .def(py::init([](py::object model, std::vector<py::object> bit_generators, const Array& initial,
                         std::size_t, const std::string&, unsigned threads) {
                 return new PyChains(std::move(model), std::move(bit_generators), initial, threads);
             }),
             py::kw_only(), "model"_a, "bit_generators"_a, "initial"_a, "tune"_a = 0, "kernel"_a = "gibbs",
             "threads"_a = 1)
        .def_property_readonly("sweeps_done", [](const PyChains& self) { return self.chains.sweeps_done(); })
        .def_property_readonly("stats", &stats)
        .def_property_readonly("kernel_info", [](const PyChains&) { return py::dict("kernel"_a = "gibbs"); })
        .def("run", &run, "sweeps"_a, "out"_a = py::none())
        .def("_mode", [](PyChains& s) { Mode m; Status st = find_mode(s.chains.coordinates(), s.model.cast<const PyModel&>().model.rows, m); return py::make_tuple(int(st.kind), Array(m.u.size(), m.u.data()), Array({m.u.size(), m.u.size()}, m.cholesky.data()), m.iterations); })
        .def("_set", [](PyChains& s, std::size_t traj, double angle, std::size_t kicks, bool gibbs) { s.chains.debug.trajectories=traj; s.chains.debug.hmc={angle,kicks}; s.chains.debug.gibbs=gibbs; })
        .def("_move", [](PyChains& s, Array c, Array R) { s.chains.move(c.data(), R.data()); })
        .def("state", &state)
        .def("set_state", &set_state, "state"_a);
}

}  // namespace polyagamma::binding
