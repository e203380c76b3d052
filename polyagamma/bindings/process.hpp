#pragma once

#include <cstddef>

#include "binding.hpp"
#include "mcmc/metropolis.hpp"
#include "mcmc/process_sampler.hpp"
#include "terms/covariance.hpp"

// Gaussian processes as Python makes them and chains take them.
namespace polyagamma::binding {

// A Gaussian process on the training inputs, and the memory that sampling it takes.
class Process {
  public:
    virtual ~Process() = default;
    virtual std::size_t n_rows() const = 0;
    virtual std::size_t n_theta() const = 0;
    // Makes the blocks of the threads; a kernel without parameters is evaluated here, once.
    virtual TermFactory factory() = 0;
    virtual void rethrow() = 0;
};

// A function of log parameters, of the core or of Python, and the error that waits in it.
template <class Function>
class Source {
  public:
    virtual ~Source() = default;
    virtual Function& function() = 0;
    virtual void rethrow() {}
};

using PyCovariance = Source<CovarianceFunction>;
using PyLogPrior = Source<LogPrior>;

}  // namespace polyagamma::binding
