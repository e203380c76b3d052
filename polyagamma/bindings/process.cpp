// Python's view of covariances, features and processes.
#include "process.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "callback.hpp"
#include "run.hpp"
#include "terms/features.hpp"
#include "terms/full_process.hpp"
#include "terms/low_rank_process.hpp"
#include "terms/stationary.hpp"
#include "terms/stationary_features.hpp"

namespace polyagamma::binding {
namespace {

using PyFeatures = Source<FeatureFunction>;

class CallbackCovariance final : public PyCovariance, private CovarianceFunction {
  public:
    CallbackCovariance(std::size_t n, std::size_t n_theta, py::function function)
        : callback_(std::move(function)), n_(n), n_theta_(n_theta) {}
    CovarianceFunction& function() override { return *this; }
    void rethrow() override { callback_.rethrow(); }

  private:
    Status evaluate(const double* theta, double* matrix) override {
        return callback_.call([&](const py::function& function) {
            const bool defined = function(view(theta, {n_theta_}), view(matrix, {n_, n_})).cast<bool>();
            return defined ? Status{} : Status{Status::Kind::not_finite};
        });
    }

    Callback callback_;
    std::size_t n_, n_theta_;
};

class CallbackFeatures final : public PyFeatures, private FeatureFunction {
  public:
    CallbackFeatures(std::size_t n, std::size_t m, std::size_t n_theta, py::function function)
        : callback_(std::move(function)), n_(n), m_(m), n_theta_(n_theta) {}
    FeatureFunction& function() override { return *this; }
    void rethrow() override { callback_.rethrow(); }

  private:
    Status evaluate(const double* theta, Features& features) override {
        const Status result = callback_.call([&](const py::function& function) {
            const bool defined = function(view(theta, {n_theta_}), view(features.matrix.panel(0), {n_, m_}),
                                          view(features.variance.data(), {n_}))
                                     .cast<bool>();
            return defined ? Status{} : Status{Status::Kind::not_finite};
        });
        features.matrix.pack_in_place();
        return result;
    }

    Callback callback_;
    std::size_t n_, m_, n_theta_;
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

class PyFullProcess final : public Process {
  public:
    PyFullProcess(std::size_t n, std::size_t n_theta, std::shared_ptr<PyCovariance> covariance)
        : n_(n), n_theta_(n_theta), covariance_(std::move(covariance)) {}

    std::size_t n_rows() const override { return n_; }
    std::size_t n_theta() const override { return n_theta_; }
    void rethrow() override { covariance_->rethrow(); }

    TermFactory factory() override {
        if (n_theta_ > 0)
            return [this] { return std::make_unique<FullProcess>(n_, covariance_->function(), blas()); };
        auto fixed = std::make_shared<Covariance>(n_, blas());
        Status result = fixed->evaluate(covariance_->function(), nullptr);
        rethrow();
        Factorizer factorizer(blas(), n_);
        if (result.ok()) result = fixed->factor(factorizer);
        require(result);
        return [this, fixed] { return std::make_unique<FullProcess>(n_, fixed, blas()); };
    }

  private:
    std::size_t n_, n_theta_;
    std::shared_ptr<PyCovariance> covariance_;
};

class PySparseProcess final : public Process {
  public:
    PySparseProcess(std::size_t n, std::size_t m, std::size_t n_theta, std::shared_ptr<PyFeatures> features)
        : n_(n), m_(m), n_theta_(n_theta), features_(std::move(features)) {}

    std::size_t n_rows() const override { return n_; }
    std::size_t n_theta() const override { return n_theta_; }
    void rethrow() override { features_->rethrow(); }

    TermFactory factory() override {
        if (n_theta_ > 0)
            return [this] { return std::make_unique<LowRankProcess>(n_, m_, features_->function(), blas()); };
        auto fixed = std::make_shared<Features>(n_, m_);
        const Status result = features_->function().evaluate(nullptr, *fixed);
        rethrow();
        require(result);
        return [this, fixed] { return std::make_unique<LowRankProcess>(n_, m_, fixed, blas()); };
    }

  private:
    std::size_t n_, m_, n_theta_;
    std::shared_ptr<PyFeatures> features_;
};

}  // namespace

void register_processes(py::module_& module) {
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
    py::class_<PyFullProcess, Process, std::shared_ptr<PyFullProcess>>(module, "FullProcess")
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
    py::class_<PySparseProcess, Process, std::shared_ptr<PySparseProcess>>(module, "SparseProcess")
        .def(py::init<std::size_t, std::size_t, std::size_t, std::shared_ptr<PyFeatures>>(), py::kw_only(),
             py::arg("n_rows"), py::arg("n_features"), py::arg("n_theta"), py::arg("features"));
}

}  // namespace polyagamma::binding
