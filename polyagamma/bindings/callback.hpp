#pragma once

#include <exception>
#include <utility>
#include <vector>

#include "binding.hpp"
#include "terms/term.hpp"

// Python functions that the core calls.
namespace polyagamma::binding {

// A Python function that the core calls from any of its threads. An exception waits in `error` until the run
// is over; it ends the run.
class Callback {
  public:
    explicit Callback(py::function function) : function_(std::move(function)) {}

    template <class Use>
    Status call(Use use) {
        const py::gil_scoped_acquire gil;
        try {
            return use(function_);
        } catch (py::error_already_set&) {
            error_ = std::current_exception();
        } catch (py::cast_error&) {
            error_ = std::current_exception();
        }
        return Status{Status::Kind::callback_failed};
    }

    void rethrow() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

  private:
    py::function function_;
    std::exception_ptr error_;
};

inline py::array_t<double> view(const double* data, std::vector<std::size_t> shape) {
    return py::array_t<double>(std::move(shape), data, py::none());
}

}  // namespace polyagamma::binding
