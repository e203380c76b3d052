#pragma once

#include <string>
#include <vector>

#include "_gibbs_binding.hpp"
#include "random/bitgen.hpp"

// What every run of chains needs from Python: generators and errors.
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

}  // namespace polyagamma::binding
