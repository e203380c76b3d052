// Python's view of csrc/gp: kernels and priors as callbacks, chains of Gaussian-process models.
#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "_gibbs_binding.hpp"
#include "_gibbs_run.hpp"
#include "gp/chains.hpp"
#include "gp/fixed_kernel.hpp"
#include "gp/full_block.hpp"
#include "gp/sparse_block.hpp"
#include "gp/stationary.hpp"
#include "gp/stationary_features.hpp"

namespace polyagamma::binding {
namespace {

// A Python function that the core calls from any of its threads. An exception waits in `error` until the run
// is over; it ends the run.
class Callback {
  public:
    explicit Callback(py::function function) : function_(std::move(function)) {}

    template <class Use>
    Evaluation call(Use use) {
        const py::gil_scoped_acquire gil;
        try {
            return use(function_);
        } catch (py::error_already_set&) {
            error_ = std::current_exception();
        } catch (py::cast_error&) {
            error_ = std::current_exception();
        }
        return Evaluation::failed;
    }

    void rethrow() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

  private:
    py::function function_;
    std::exception_ptr error_;
};

py::array_t<double> view(const double* data, std::vector<std::size_t> shape) {
    return py::array_t<double>(std::move(shape), data, py::none());
}

class PythonCovariance final : public CovarianceFunction {
  public:
    PythonCovariance(py::function function, std::size_t n, std::size_t n_theta)
        : callback(std::move(function)), n_(n), n_theta_(n_theta) {}

    Evaluation evaluate(const double* theta, double* matrix) override {
        return callback.call([&](const py::function& function) {
            const bool defined = function(view(theta, {n_theta_}), view(matrix, {n_, n_})).cast<bool>();
            return defined ? Evaluation::ok : Evaluation::undefined;
        });
    }

    Callback callback;

  private:
    std::size_t n_, n_theta_;
};

class PythonPrior final : public LogPrior {
  public:
    PythonPrior(py::function function, std::size_t n_theta)
        : callback(std::move(function)), n_theta_(n_theta) {}

    Evaluation evaluate(const double* theta, double& log_density) override {
        return callback.call([&](const py::function& function) {
            log_density = function(view(theta, {n_theta_})).cast<double>();
            return Evaluation::ok;
        });
    }

    Callback callback;

  private:
    std::size_t n_theta_;
};

// A Gaussian process on the training inputs, and the memory that sampling it takes.
class Process {
  public:
    virtual ~Process() = default;
    virtual std::size_t n_rows() const = 0;
    virtual std::size_t n_theta() const = 0;
    // Makes the blocks of the threads; a kernel without parameters is evaluated here, once.
    virtual BlockFactory factory() = 0;
    virtual void rethrow() = 0;
};

// A covariance function of the core or of Python, and the error that waits in it.
class PyCovariance {
  public:
    virtual ~PyCovariance() = default;
    virtual CovarianceFunction& function() = 0;
    virtual void rethrow() {}
};

class CallbackCovariance final : public PyCovariance {
  public:
    CallbackCovariance(std::size_t n, std::size_t n_theta, py::function function)
        : function_(std::move(function), n, n_theta) {}
    CovarianceFunction& function() override { return function_; }
    void rethrow() override { function_.callback.rethrow(); }

  private:
    PythonCovariance function_;
};

// Indices of log parameters in theta (or negative), and their values.
using Parameter = std::pair<std::ptrdiff_t, double>;

StationaryFunction stationary_function(int family, const Array& inputs, const Parameter& variance,
                                       const std::vector<Parameter>& length_scales) {
    std::vector<LogParameter> scales;
    for (const auto& [index, value] : length_scales) scales.push_back({index, value});
    return {static_cast<Stationary>(family), static_cast<std::size_t>(inputs.shape(1)),
            LogParameter{variance.first, variance.second}, std::move(scales)};
}

class CompiledCovariance final : public PyCovariance {
  public:
    CompiledCovariance(int family, const Array& inputs, const Parameter& variance,
                       const std::vector<Parameter>& length_scales, double jitter)
        : function_(stationary_function(family, inputs, variance, length_scales), inputs.data(),
                    static_cast<std::size_t>(inputs.shape(0)), jitter) {}
    CovarianceFunction& function() override { return function_; }

  private:
    StationaryCovariance function_;
};

class FullProcess final : public Process {
  public:
    FullProcess(std::size_t n, std::size_t n_theta, std::shared_ptr<PyCovariance> covariance)
        : n_(n), n_theta_(n_theta), covariance_(std::move(covariance)) {}

    std::size_t n_rows() const override { return n_; }
    std::size_t n_theta() const override { return n_theta_; }
    void rethrow() override { covariance_->rethrow(); }

    BlockFactory factory() override {
        if (n_theta_ > 0)
            return [this] { return std::make_unique<FullBlock>(n_, covariance_->function(), blas()); };
        auto fixed = std::make_shared<Covariance>(n_, blas());
        const Evaluation result = fixed->evaluate(covariance_->function(), nullptr);
        rethrow();
        if (result != Evaluation::ok || fixed->factor() != Evaluation::ok)
            raise_numerical_error("kernel", 0, 0, 0);
        return [this, fixed] { return std::make_unique<FullBlock>(n_, fixed, blas()); };
    }

  private:
    std::size_t n_, n_theta_;
    std::shared_ptr<PyCovariance> covariance_;
};

class PythonFeatures final : public FeatureFunction {
  public:
    PythonFeatures(py::function function, std::size_t n, std::size_t m, std::size_t n_theta)
        : callback(std::move(function)), n_(n), m_(m), n_theta_(n_theta) {}

    Evaluation evaluate(const double* theta, Features& features) override {
        const Evaluation result = callback.call([&](const py::function& function) {
            const bool defined = function(view(theta, {n_theta_}), view(features.matrix.panel(0), {n_, m_}),
                                          view(features.variance.data(), {n_}))
                                     .cast<bool>();
            return defined ? Evaluation::ok : Evaluation::undefined;
        });
        features.matrix.pack_in_place();
        return result;
    }

    Callback callback;

  private:
    std::size_t n_, m_, n_theta_;
};

// Features of the core or of Python, and the error that waits in them.
class PyFeatures {
  public:
    virtual ~PyFeatures() = default;
    virtual FeatureFunction& function() = 0;
    virtual void rethrow() {}
};

class CallbackFeatures final : public PyFeatures {
  public:
    CallbackFeatures(std::size_t n, std::size_t m, std::size_t n_theta, py::function function)
        : function_(std::move(function), n, m, n_theta) {}
    FeatureFunction& function() override { return function_; }
    void rethrow() override { function_.callback.rethrow(); }

  private:
    PythonFeatures function_;
};

class CompiledFeatures final : public PyFeatures {
  public:
    CompiledFeatures(int family, const Array& inputs, const Array& points, const Parameter& variance,
                     const std::vector<Parameter>& length_scales, double jitter, bool independent)
        : function_(stationary_function(family, inputs, variance, length_scales), inputs.data(),
                    static_cast<std::size_t>(inputs.shape(0)), points.data(),
                    static_cast<std::size_t>(points.shape(0)), jitter, independent, blas()) {}
    FeatureFunction& function() override { return function_; }

  private:
    StationaryFeatures function_;
};

class SparseProcess final : public Process {
  public:
    SparseProcess(std::size_t n, std::size_t m, std::size_t n_theta, std::shared_ptr<PyFeatures> features)
        : n_(n), m_(m), n_theta_(n_theta), features_(std::move(features)) {}

    std::size_t n_rows() const override { return n_; }
    std::size_t n_theta() const override { return n_theta_; }
    void rethrow() override { features_->rethrow(); }

    BlockFactory factory() override {
        if (n_theta_ > 0)
            return [this] { return std::make_unique<SparseBlock>(n_, m_, features_->function(), blas()); };
        auto fixed = std::make_shared<Features>(n_, m_);
        const Evaluation result = features_->function().evaluate(nullptr, *fixed);
        rethrow();
        if (result != Evaluation::ok) raise_numerical_error("kernel", 0, 0, 0);
        return [this, fixed] { return std::make_unique<SparseBlock>(n_, m_, fixed, blas()); };
    }

  private:
    std::size_t n_, m_, n_theta_;
    std::shared_ptr<PyFeatures> features_;
};

OutputArray output(py::array_t<double> array) {
    const auto step = static_cast<py::ssize_t>(sizeof(double));
    return {array.mutable_data(), array.strides(0) / step, array.strides(1) / step};
}

class PyProcessChains {
  public:
    PyProcessChains(std::shared_ptr<Process> process, Array shape, Array kappa, Array offset,
                    const py::object& log_prior, const Array& initial_theta,
                    std::vector<py::object> bit_generators, std::size_t tune,
                    std::array<std::size_t, 4> steps, std::size_t threads)
        : process_(std::move(process)),
          shape_(std::move(shape)),
          kappa_(std::move(kappa)),
          offset_(std::move(offset)),
          bit_generators_(std::move(bit_generators)) {
        if (!log_prior.is_none()) prior_ = std::make_unique<PythonPrior>(log_prior, process_->n_theta());
        const ProcessData data{process_->n_rows(), static_cast<std::size_t>(kappa_.shape(0)), shape_.data(),
                               kappa_.data(), offset_.data()};
        chains_ = std::make_unique<ProcessChains>(data, process_->factory(), prior_.get(),
                                                  Moves<std::size_t>{steps[0], steps[1], steps[2], steps[3]},
                                                  initial_theta.data(), process_->n_theta(),
                                                  bitgens_of(bit_generators_), tune, threads);
    }

    std::size_t sweeps_done() const { return chains_->sweeps_done(); }

    // Log kernel parameters of a chain, (functions, n_theta).
    py::array_t<double> theta(std::size_t chain) const {
        py::array_t<double> values({static_cast<std::size_t>(kappa_.shape(0)), process_->n_theta()});
        double* at = values.mutable_data();
        for (py::ssize_t j = 0; j < kappa_.shape(0); ++j) {
            const Vector& own = chains_->latent(chain, static_cast<std::size_t>(j)).theta;
            at = std::copy(own.begin(), own.end(), at);
        }
        return values;
    }

    py::dict state() const {
        const Vector numbers = chains_->state();
        py::dict parts;
        parts["latent"] = py::array_t<double>(static_cast<py::ssize_t>(numbers.size()), numbers.data());
        const std::uint64_t sweeps = chains_->sweeps_done();
        parts["sweeps_done"] = py::array_t<std::uint64_t>(1, &sweeps);
        return parts;
    }

    void set_state(const py::dict& parts) {
        const Array numbers = parts["latent"].cast<Array>();
        const auto sweeps = parts["sweeps_done"].cast<py::array_t<std::uint64_t>>();
        if (!chains_->set_state(numbers.data(), static_cast<std::size_t>(numbers.size()), sweeps.at(0)))
            throw py::value_error("state does not fit these chains");
    }

    void run(std::size_t sweeps, const py::object& out) {
        const ProcessDraws draws = out.is_none() ? ProcessDraws{} : outputs(out);
        ProcessFailure failure;
        {
            const Locks locks(bit_generators_);
            const py::gil_scoped_release release;
            failure = chains_->run(sweeps, draws);
        }
        process_->rethrow();
        if (prior_) prior_->callback.rethrow();
        if (failure.kind != Evaluation::ok) raise_numerical_error("kernel", failure.chain, failure.sweep, 0);
    }

  private:
    ProcessDraws outputs(const py::dict& out) {
        ProcessDraws draws;
        const std::pair<const char*, OutputArray*> arrays[] = {
            {"f", &draws.g},
            {"theta", &draws.theta},
            {"whitened", &draws.whitened},
            {"lp", &draws.log_posterior},
            {"acceptance_collapsed", &draws.acceptance.collapsed},
            {"acceptance_whitened", &draws.acceptance.whitened},
            {"acceptance_surrogate", &draws.acceptance.surrogate},
            {"acceptance_trajectory", &draws.acceptance.trajectory}};
        for (const auto& [name, array] : arrays)
            if (out.contains(name)) *array = output(out[name].cast<py::array_t<double>>());
        if (out.contains("whitened"))
            draws.n_whitened =
                static_cast<std::size_t>(out["whitened"].cast<py::array>().shape(2) / kappa_.shape(0));
        return draws;
    }

    std::shared_ptr<Process> process_;
    Array shape_, kappa_, offset_;
    std::unique_ptr<PythonPrior> prior_;
    std::vector<py::object> bit_generators_;
    std::unique_ptr<ProcessChains> chains_;
};

class PyFixedKernelChains {
  public:
    PyFixedKernelChains(std::shared_ptr<PyCovariance> covariance, Array shape, Array kappa, Array offset,
                        std::vector<py::object> bit_generators, std::size_t tune, std::size_t threads)
        : covariance_(std::move(covariance)),
          shape_(std::move(shape)),
          kappa_(std::move(kappa)),
          offset_(std::move(offset)),
          bit_generators_(std::move(bit_generators)),
          chains_({static_cast<std::size_t>(shape_.shape(0)), shape_.data(), kappa_.data(), offset_.data()},
                  covariance_->function(), blas(), bitgens_of(bit_generators_), tune, threads) {}

    std::size_t sweeps_done() const { return chains_.sweeps_done(); }

    py::dict kernel_info() const {
        const HmcSettings settings = chains_.settings();
        py::dict info;
        info["kernel"] = "hmc";
        info["kicks"] = settings.kicks;
        info["angle"] = settings.angle;
        return info;
    }

    py::dict state() {
        const Vector numbers = chains_.state();
        py::dict parts;
        parts["latent"] = py::array_t<double>(static_cast<py::ssize_t>(numbers.size()), numbers.data());
        const std::uint64_t sweeps = chains_.sweeps_done();
        parts["sweeps_done"] = py::array_t<std::uint64_t>(1, &sweeps);
        return parts;
    }

    void set_state(const py::dict& parts) {
        const Array numbers = parts["latent"].cast<Array>();
        const auto sweeps = parts["sweeps_done"].cast<py::array_t<std::uint64_t>>();
        if (!chains_.set_state(numbers.data(), static_cast<std::size_t>(numbers.size()), sweeps.at(0)))
            throw py::value_error("state does not fit these chains");
        started_ = false;
    }

    void run(std::size_t sweeps, const py::object& out) {
        const FixedKernelDraws draws = out.is_none() ? FixedKernelDraws{} : outputs(out);
        Evaluation result;
        {
            const Locks locks(bit_generators_);
            const py::gil_scoped_release release;
            result = started_                     ? Evaluation::ok
                     : chains_.sweeps_done() == 0 ? chains_.start()
                                                  : chains_.rebuild();
            started_ = true;
            if (result == Evaluation::ok) result = chains_.run(sweeps, draws);
        }
        covariance_->rethrow();
        if (result != Evaluation::ok) raise_numerical_error("kernel", 0, 0, 0);
    }

  private:
    static FixedKernelDraws outputs(const py::dict& out) {
        FixedKernelDraws draws;
        const std::pair<const char*, OutputArray*> arrays[] = {
            {"f", &draws.g}, {"lp", &draws.log_posterior}, {"acceptance_rate", &draws.acceptance_rate}};
        for (const auto& [name, array] : arrays)
            if (out.contains(name)) *array = output(out[name].cast<py::array_t<double>>());
        return draws;
    }

    std::shared_ptr<PyCovariance> covariance_;
    Array shape_, kappa_, offset_;
    std::vector<py::object> bit_generators_;
    FixedKernelChains chains_;
    bool started_ = false;
};

}  // namespace

void register_gaussian_process(py::module_& module) {
    py::class_<PyCovariance, std::shared_ptr<PyCovariance>>(module, "Covariance");
    py::class_<CallbackCovariance, PyCovariance, std::shared_ptr<CallbackCovariance>>(module,
                                                                                      "CallbackCovariance")
        .def(py::init<std::size_t, std::size_t, py::function>(), py::kw_only(), py::arg("n_rows"),
             py::arg("n_theta"), py::arg("function"));
    py::class_<CompiledCovariance, PyCovariance, std::shared_ptr<CompiledCovariance>>(module,
                                                                                      "StationaryCovariance")
        .def(py::init<int, const Array&, const Parameter&, const std::vector<Parameter>&, double>(),
             py::kw_only(), py::arg("family"), py::arg("inputs").noconvert(), py::arg("variance"),
             py::arg("length_scales"), py::arg("jitter"));
    py::class_<Process, std::shared_ptr<Process>>(module, "Process");
    py::class_<FullProcess, Process, std::shared_ptr<FullProcess>>(module, "FullProcess")
        .def(py::init<std::size_t, std::size_t, std::shared_ptr<PyCovariance>>(), py::kw_only(),
             py::arg("n_rows"), py::arg("n_theta"), py::arg("covariance"));
    py::class_<PyFeatures, std::shared_ptr<PyFeatures>>(module, "Features");
    py::class_<CallbackFeatures, PyFeatures, std::shared_ptr<CallbackFeatures>>(module, "CallbackFeatures")
        .def(py::init<std::size_t, std::size_t, std::size_t, py::function>(), py::kw_only(),
             py::arg("n_rows"), py::arg("n_features"), py::arg("n_theta"), py::arg("function"));
    py::class_<CompiledFeatures, PyFeatures, std::shared_ptr<CompiledFeatures>>(module, "StationaryFeatures")
        .def(py::init<int, const Array&, const Array&, const Parameter&, const std::vector<Parameter>&,
                      double, bool>(),
             py::kw_only(), py::arg("family"), py::arg("inputs").noconvert(), py::arg("points").noconvert(),
             py::arg("variance"), py::arg("length_scales"), py::arg("jitter"), py::arg("independent"));
    py::class_<SparseProcess, Process, std::shared_ptr<SparseProcess>>(module, "SparseProcess")
        .def(py::init<std::size_t, std::size_t, std::size_t, std::shared_ptr<PyFeatures>>(), py::kw_only(),
             py::arg("n_rows"), py::arg("n_features"), py::arg("n_theta"), py::arg("features"));
    py::class_<PyProcessChains>(module, "ProcessChains")
        .def(py::init<std::shared_ptr<Process>, Array, Array, Array, const py::object&, const Array&,
                      std::vector<py::object>, std::size_t, std::array<std::size_t, 4>, std::size_t>(),
             py::kw_only(), py::arg("process"), py::arg("shape").noconvert(), py::arg("kappa").noconvert(),
             py::arg("offset").noconvert(), py::arg("log_prior"), py::arg("initial_theta").noconvert(),
             py::arg("bit_generators"), py::arg("tune"), py::arg("steps"), py::arg("threads"))
        .def_property_readonly("sweeps_done", &PyProcessChains::sweeps_done)
        .def("theta", &PyProcessChains::theta, py::arg("chain"))
        .def("state", &PyProcessChains::state)
        .def("set_state", &PyProcessChains::set_state, py::arg("state"))
        .def("run", &PyProcessChains::run, py::arg("sweeps"), py::arg("out") = py::none());
    py::class_<PyFixedKernelChains>(module, "FixedKernelChains")
        .def(py::init<std::shared_ptr<PyCovariance>, Array, Array, Array, std::vector<py::object>,
                      std::size_t, std::size_t>(),
             py::kw_only(), py::arg("covariance"), py::arg("shape").noconvert(), py::arg("kappa").noconvert(),
             py::arg("offset").noconvert(), py::arg("bit_generators"), py::arg("tune"), py::arg("threads"))
        .def_property_readonly("sweeps_done", &PyFixedKernelChains::sweeps_done)
        .def_property_readonly("kernel_info", &PyFixedKernelChains::kernel_info)
        .def("state", &PyFixedKernelChains::state)
        .def("set_state", &PyFixedKernelChains::set_state, py::arg("state"))
        .def("run", &PyFixedKernelChains::run, py::arg("sweeps"), py::arg("out") = py::none());
}

}  // namespace polyagamma::binding
