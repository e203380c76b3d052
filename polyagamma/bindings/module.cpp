#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "binding.hpp"

namespace polyagamma::binding {

// The GIL guards the pointer: importing lets go of it, and a thread that got it would wait for the guard of a
// static that is being initialised, and keep the GIL.
const Blas& blas() {
    static const Blas* pointers = nullptr;
    if (pointers == nullptr) pointers = py::capsule(py::module_::import("polyagamma._blas").attr("capsule"));
    return *pointers;
}

void require_shape(const Array& array, std::initializer_list<py::ssize_t> shape, const char* name) {
    const bool right = array.ndim() == static_cast<py::ssize_t>(shape.size()) &&
                       std::equal(shape.begin(), shape.end(), array.shape());
    if (!right) throw py::value_error(std::string(name) + " has the wrong shape");
}

Vector vector_of(const Array& array, py::ssize_t size, const char* name) {
    require_shape(array, {size}, name);
    return Vector(array.data(), array.data() + size);
}

py::array_t<double> array_of(const Vector& values, std::vector<py::ssize_t> shape) {
    py::array_t<double> array(std::move(shape));
    std::copy(values.begin(), values.end(), array.mutable_data());
    return array;
}

}  // namespace polyagamma::binding

PYBIND11_MODULE(_gibbs, module) {
    module.doc() = "Model and chain objects of the C++ core.";
    polyagamma::binding::register_run(module);
    polyagamma::binding::register_linear(module);
    polyagamma::binding::register_distant(module);
    polyagamma::binding::register_row_sums(module);
    polyagamma::binding::register_growing_cholesky(module);
    polyagamma::binding::register_inducing_rows(module);
    polyagamma::binding::register_additive(module);
    polyagamma::binding::register_sparse(module);
    polyagamma::binding::register_processes(module);
    polyagamma::binding::register_process_chains(module);
}
