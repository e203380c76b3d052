#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "binding.hpp"
#include "mcmc/chains.hpp"
#include "random/bitgen.hpp"

// Chains of every model, as Python sees them.
namespace polyagamma::binding {

inline std::vector<BitGen*> bitgens_of(const std::vector<py::object>& bit_generators) {
    std::vector<BitGen*> pointers;
    for (const py::object& one : bit_generators) pointers.push_back(py::capsule(one.attr("capsule")));
    return pointers;
}

[[noreturn]] void raise(const RunStatus& result);
// Raises NumericalError unless the status is ok.
void require(const Status& status);

// Chains, what they point into, and what tells the errors of Python functions that they call.
struct ChainParts {
    std::shared_ptr<void> owned;
    std::vector<py::object> bit_generators;
    std::unique_ptr<Chains> chains;
    std::function<void()> rethrow = [] {};
};

class PyChains {
  public:
    explicit PyChains(ChainParts parts) : parts_(std::move(parts)) {}

    std::uint64_t sweeps_done() const { return parts_.chains->sweeps_done(); }
    py::dict stats() const;
    py::dict kernel_info() const;
    py::array_t<double> parameters(std::size_t chain) const;
    void start(const py::object& initial);
    void run(std::size_t sweeps, const py::object& out);
    py::dict state();
    void set_state(const py::dict& parts);

  private:
    Outputs outputs(const py::dict& out, std::size_t sweeps) const;
    // Does `work` without the GIL, with the locks of the bit generators; raises what went wrong in it.
    void work(const std::function<RunStatus()>& work);

    ChainParts parts_;
};

}  // namespace polyagamma::binding
