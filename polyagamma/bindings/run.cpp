// Python's view of chains, whatever their model.
#include "run.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace polyagamma::binding {
namespace {

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

// The place of an output in the caller's array, which is written to directly: so nothing may be converted.
OutputArray output_array(const py::handle& given, const OutputShape& shape, std::size_t chains,
                         std::size_t sweeps) {
    constexpr auto kItem = static_cast<py::ssize_t>(sizeof(double));
    const bool vector = shape.size > 0;
    const auto fits = [&](const py::array& array) {
        if (!py::isinstance<py::array_t<double>>(array) || !array.writeable()) return false;
        if (array.ndim() != (vector ? 3 : 2)) return false;
        if (array.shape(0) != static_cast<py::ssize_t>(chains)) return false;
        if (array.shape(1) != static_cast<py::ssize_t>(sweeps)) return false;
        if (array.strides(0) % kItem != 0 || array.strides(1) % kItem != 0) return false;
        return !vector || (array.shape(2) == static_cast<py::ssize_t>(shape.size) &&
                           (shape.size == 1 || array.strides(2) == kItem));
    };
    if (!py::isinstance<py::array>(given) || !fits(py::reinterpret_borrow<py::array>(given)))
        throw py::value_error("out['" + shape.name + "'] has the wrong shape, dtype or strides");
    auto array = py::reinterpret_borrow<py::array>(given);
    return {static_cast<double*>(array.mutable_data()), array.strides(0) / kItem, array.strides(1) / kItem};
}

py::array_t<double> to_array(const Vector& values) {
    return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
}

Vector to_vector(const py::handle& values) {
    const Array array = values.cast<Array>();
    return Vector(array.data(), array.data() + array.size());
}

}  // namespace

void raise(const RunStatus& result) {
    const char* kind =
        result.status.kind == Status::Kind::not_positive_definite ? "not_positive_definite" : "not_finite";
    const py::object type = py::module_::import("polyagamma._gibbs").attr("NumericalError");
    PyErr_SetObject(type.ptr(), py::make_tuple(kind, result.chain, result.sweep, result.status.index).ptr());
    throw py::error_already_set();
}

void require(const Status& status) {
    if (!status.ok()) raise({status});
}

py::dict PyChains::stats() const {
    py::dict dtypes;
    for (const std::string& name : parts_.chains->sampler().stats())
        dtypes[name.c_str()] = py::dtype::of<double>();
    return dtypes;
}

py::dict PyChains::kernel_info() const {
    py::dict info;
    for (const auto& [name, value] : parts_.chains->sampler().info()) info[name.c_str()] = py::cast(value);
    return info;
}

py::array_t<double> PyChains::parameters(std::size_t chain) const {
    if (chain >= parts_.chains->sampler().chains()) throw py::index_error("there is no such chain");
    return to_array(parts_.chains->sampler().parameters(chain));
}

void PyChains::work(const std::function<RunStatus()>& work) {
    RunStatus result;
    {
        const Locks locks(parts_.bit_generators);
        const py::gil_scoped_release release;
        result = work();
    }
    parts_.rethrow();
    if (!result.status.ok()) raise(result);
}

void PyChains::start(const py::object& initial) {
    Array start;
    if (!initial.is_none()) start = initial.cast<Array>();
    const Sampler& sampler = parts_.chains->sampler();
    const std::size_t size = sampler.chains() * sampler.initial_size();
    if (!initial.is_none() && static_cast<std::size_t>(start.size()) != size)
        throw py::value_error("initial must have " + std::to_string(sampler.initial_size()) +
                              " numbers for each chain");
    const double* data = initial.is_none() ? nullptr : start.data();
    work([&] { return RunStatus{parts_.chains->start(data)}; });
}

void PyChains::run(std::size_t sweeps, const py::object& out) {
    const Outputs places = out.is_none() ? Outputs() : outputs(py::dict(out), sweeps);
    work([&] { return parts_.chains->run(sweeps, places); });
}

Outputs PyChains::outputs(const py::dict& out, std::size_t sweeps) const {
    const Sampler& sampler = parts_.chains->sampler();
    Outputs places;
    std::size_t found = 0;
    for (const OutputShape& shape : sampler.outputs()) {
        if (!out.contains(shape.name)) continue;
        places.add(shape.name, output_array(out[shape.name.c_str()], shape, sampler.chains(), sweeps));
        ++found;
    }
    if (found != out.size()) throw py::value_error("out has a name that these chains do not tell");
    return places;
}

py::dict PyChains::state() {
    py::dict parts;
    for (const auto& [name, values] : parts_.chains->state()) parts[name.c_str()] = to_array(values);
    const std::uint64_t done = sweeps_done();
    parts["sweeps_done"] = py::array_t<std::uint64_t>(1, &done);
    return parts;
}

void PyChains::set_state(const py::dict& parts) {
    State state;
    for (const auto& [name, values] : parts) state[name.cast<std::string>()] = to_vector(values);
    const auto done = state.find("sweeps_done");
    if (done == state.end() || done->second.size() != 1)
        throw py::value_error("state lacks 'sweeps_done', one number");
    const auto sweeps = static_cast<std::uint64_t>(done->second[0]);
    state.erase(done);
    if (!parts_.chains->restore(state, sweeps)) throw py::value_error("state does not fit these chains");
}

void register_run(py::module_& module) {
    module.attr("NumericalError") = py::reinterpret_steal<py::object>(
        PyErr_NewException("polyagamma._gibbs.NumericalError", PyExc_ArithmeticError, nullptr));
    py::class_<PyChains>(module, "Chains")
        .def_property_readonly("sweeps_done", &PyChains::sweeps_done)
        .def_property_readonly("stats", &PyChains::stats)
        .def_property_readonly("kernel_info", &PyChains::kernel_info)
        .def("parameters", &PyChains::parameters, py::arg("chain"))
        .def("start", &PyChains::start, py::arg("initial") = py::none())
        .def("run", &PyChains::run, py::arg("sweeps"), py::arg("out") = py::none())
        .def("state", &PyChains::state)
        .def("set_state", &PyChains::set_state, py::arg("state"));
}

}  // namespace polyagamma::binding
