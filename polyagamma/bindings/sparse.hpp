#pragma once

#include <cstddef>
#include <cstdint>

#include "binding.hpp"
#include "linalg/sparse_rows.hpp"

// Sparse matrices of SciPy's compressed rows.
namespace polyagamma::binding {

template <class T>
using ArrayOf = py::array_t<T, py::array::c_style>;

// Indices must ascend in each row. Values: one for each entry, or none if all of them are 1.
SparseRows sparse_rows(const ArrayOf<std::int64_t>& indptr, const ArrayOf<std::int32_t>& indices,
                       const Array& values, std::size_t columns);

}  // namespace polyagamma::binding
