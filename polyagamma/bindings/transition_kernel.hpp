#pragma once

#include <pybind11/pybind11.h>

#include <string>

#include "mcmc/linear_schedule.hpp"

namespace polyagamma::binding {

inline TransitionKernel transition_kernel(const std::string& name) {
    if (name == "auto") return TransitionKernel::automatic;
    if (name == "gibbs") return TransitionKernel::gibbs;
    if (name == "hmc") return TransitionKernel::hmc;
    throw pybind11::value_error("kernel must be 'auto', 'gibbs' or 'hmc', not '" + name + "'");
}

}  // namespace polyagamma::binding
