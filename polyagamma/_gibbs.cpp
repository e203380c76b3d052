#include <pybind11/pybind11.h>

PYBIND11_MODULE(_gibbs, module) { module.doc() = "Model and chain objects of the C++ core."; }
