#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <initializer_list>
#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"

// What the files of the _gibbs extension module share.
namespace polyagamma::binding {

namespace py = pybind11;

using Array = py::array_t<double, py::array::c_style>;

// SciPy's BLAS and LAPACK, from polyagamma._blas.
const Blas& blas();

// ValueError if `array` does not have this shape.
void require_shape(const Array& array, std::initializer_list<py::ssize_t> shape, const char* name);

// A one-dimensional array of that size as a vector.
Vector vector_of(const Array& array, py::ssize_t size, const char* name);

// A vector as an array of that shape.
py::array_t<double> array_of(const Vector& values, std::vector<py::ssize_t> shape);

void register_run(py::module_& module);
void register_linear(py::module_& module);
void register_distant(py::module_& module);
void register_row_sums(py::module_& module);
void register_growing_cholesky(py::module_& module);
void register_inducing_rows(py::module_& module);
void register_additive(py::module_& module);
void register_sparse(py::module_& module);
void register_processes(py::module_& module);
void register_process_chains(py::module_& module);

}  // namespace polyagamma::binding
