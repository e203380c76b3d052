// Python's view of Cholesky factors that change.
#include "linalg/growing_cholesky.hpp"

#include <algorithm>

#include "binding.hpp"

namespace polyagamma::binding {
namespace {

class PyGrowingCholesky {
  public:
    explicit PyGrowingCholesky(const Array& lower)
        : factor_(blas(), lower.data(), static_cast<std::size_t>(lower.shape(0))) {}

    std::size_t size() const { return factor_.size(); }

    py::array_t<double> lower() const {
        py::array_t<double> array({size(), size()});
        factor_.copy_to(array.mutable_data());
        return array;
    }

    py::array_t<double> solved(const Array& x, bool transposed) {
        Vector solution = vector_of(x, columns(), "x");
        if (transposed)
            factor_.solve_lower_transposed(solution.data());
        else
            factor_.solve_lower(solution.data());
        return array_of(solution, {columns()});
    }

    bool append(const Array& rows) {
        require_shape(rows, {rows.shape(0), columns() + rows.shape(0)}, "rows");
        return factor_.append(rows.data(), static_cast<std::size_t>(rows.shape(0))).ok();
    }

    void erase(std::size_t first, std::size_t count) {
        if (first > size() || count > size() - first) throw py::value_error("there are no such rows");
        factor_.erase(first, count);
    }

    void update(const Array& vectors) {
        require_shape(vectors, {vectors.shape(0), columns()}, "vectors");
        factor_.update(vectors.data(), static_cast<std::size_t>(vectors.shape(0)));
    }

    bool downdate(const Array& vectors) {
        require_shape(vectors, {vectors.shape(0), columns()}, "vectors");
        return factor_.downdate(vectors.data(), static_cast<std::size_t>(vectors.shape(0))).ok();
    }

  private:
    py::ssize_t columns() const { return static_cast<py::ssize_t>(size()); }

    GrowingCholesky factor_;
};

PyGrowingCholesky make(const Array& lower) {
    require_shape(lower, {lower.ndim() > 0 ? lower.shape(0) : 0, lower.ndim() > 0 ? lower.shape(0) : 0},
                  "lower");
    return PyGrowingCholesky(lower);
}

}  // namespace

void register_growing_cholesky(py::module_& module) {
    using namespace py::literals;
    py::class_<PyGrowingCholesky>(module, "GrowingCholesky")
        .def(py::init(&make), "lower"_a)
        .def_property_readonly("size", &PyGrowingCholesky::size)
        .def("lower", &PyGrowingCholesky::lower)
        .def(
            "solve_lower", [](PyGrowingCholesky& self, const Array& x) { return self.solved(x, false); },
            "x"_a)
        .def(
            "solve_lower_transposed",
            [](PyGrowingCholesky& self, const Array& x) { return self.solved(x, true); }, "x"_a)
        .def("append", &PyGrowingCholesky::append, "rows"_a)
        .def("erase", &PyGrowingCholesky::erase, "first"_a, "count"_a = 1)
        .def("update", &PyGrowingCholesky::update, "vectors"_a)
        .def("downdate", &PyGrowingCholesky::downdate, "vectors"_a);
}

}  // namespace polyagamma::binding
