#include "_gibbs_binding.hpp"

namespace polyagamma::binding {

const Blas& blas() {
    static const Blas* const pointers = py::capsule(py::module_::import("polyagamma._blas").attr("capsule"));
    return *pointers;
}

}  // namespace polyagamma::binding

PYBIND11_MODULE(_gibbs, module) {
    module.doc() = "Model and chain objects of the C++ core.";
    polyagamma::binding::register_model(module);
    polyagamma::binding::register_chains(module);
    polyagamma::binding::register_gaussian_process(module);
}
