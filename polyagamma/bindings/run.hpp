#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "binding.hpp"
#include "linalg/aligned.hpp"
#include "random/bitgen.hpp"

// What every run of chains needs from Python: generators, errors, and states as dicts of arrays.
namespace polyagamma::binding {

inline std::vector<BitGen*> bitgens_of(const std::vector<py::object>& bit_generators) {
    std::vector<BitGen*> pointers;
    for (const py::object& one : bit_generators) pointers.push_back(py::capsule(one.attr("capsule")));
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

[[noreturn]] inline void raise_numerical_error(const char* kind, std::size_t chain, std::size_t sweep,
                                               std::size_t index) {
    const py::object type = py::module_::import("polyagamma._gibbs").attr("NumericalError");
    PyErr_SetObject(type.ptr(), py::make_tuple(kind, chain, sweep, index).ptr());
    throw py::error_already_set();
}

// Statistics of a sweep, each a double.
inline py::dict stat_names(std::initializer_list<const char*> names) {
    py::dict dtypes;
    for (const char* name : names) dtypes[name] = py::dtype::of<double>();
    return dtypes;
}

inline Array to_array(const Vector& values) {
    return Array(static_cast<py::ssize_t>(values.size()), values.data());
}

inline py::array_t<std::uint64_t> count(std::uint64_t number) {
    return py::array_t<std::uint64_t>(1, &number);
}

// ValueError if the part is missing.
inline Vector to_vector(const py::dict& parts, const char* name) {
    if (!parts.contains(name)) throw py::value_error(std::string("state lacks '") + name + "'");
    const Array values = parts[name].cast<Array>();
    return Vector(values.data(), values.data() + values.size());
}

inline std::uint64_t to_count(const py::dict& parts, const char* name) {
    const Vector values = to_vector(parts, name);
    if (values.size() != 1) throw py::value_error(std::string("state['") + name + "'] must have one element");
    return static_cast<std::uint64_t>(values[0]);
}

inline void require_fit(bool fits) {
    if (!fits) throw py::value_error("state does not fit these chains");
}

}  // namespace polyagamma::binding
