// Python's view of the chains of Gaussian-process models.
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "callback.hpp"
#include "mcmc/fixed_process_sampler.hpp"
#include "mcmc/normal_log_prior.hpp"
#include "mcmc/process_sampler.hpp"
#include "process.hpp"
#include "run.hpp"

namespace polyagamma::binding {
namespace {

class CallbackLogPrior final : public PyLogPrior, private LogPrior {
  public:
    CallbackLogPrior(std::size_t n_theta, py::function function)
        : callback_(std::move(function)), n_theta_(n_theta) {}
    LogPrior& function() override { return *this; }
    void rethrow() override { callback_.rethrow(); }

  private:
    Status evaluate(const double* theta, double& log_density) override {
        return callback_.call([&](const py::function& function) {
            log_density = function(view(theta, {n_theta_})).cast<double>();
            return Status{};
        });
    }

    Callback callback_;
    std::size_t n_theta_;
};

class CompiledLogPrior final : public PyLogPrior {
  public:
    CompiledLogPrior(const Array& mean, const Array& low, const Array& high)
        : function_(vector_of(mean, mean.size(), "mean"), vector_of(low, mean.size(), "low"),
                    vector_of(high, mean.size(), "high")) {}
    LogPrior& function() override { return function_; }

  private:
    NormalLogPrior function_;
};

// Binomial rows (functions, n), which the samplers point into.
struct Rows {
    Array b, kappa, offset;

    void require_shapes(std::size_t n) const {
        const auto rows = static_cast<py::ssize_t>(n);
        if (kappa.ndim() != 2) throw py::value_error("kappa must have shape (functions, n)");
        require_shape(b, {rows}, "b");
        require_shape(kappa, {kappa.shape(0), rows}, "kappa");
        require_shape(offset, {kappa.shape(0), rows}, "offset");
    }
};

struct OwnedProcess {
    std::shared_ptr<Process> process;
    Rows rows;
    std::shared_ptr<PyLogPrior> prior;
};

PyChains process_chains(std::shared_ptr<Process> process, Array b, Array kappa, Array offset,
                        std::shared_ptr<PyLogPrior> log_prior, std::vector<py::object> bit_generators,
                        std::size_t tune, const std::array<std::size_t, 5>& steps, std::size_t complete_every,
                        std::size_t threads) {
    auto owned = std::make_shared<OwnedProcess>(OwnedProcess{
        std::move(process), {std::move(b), std::move(kappa), std::move(offset)}, std::move(log_prior)});
    const Rows& rows = owned->rows;
    rows.require_shapes(owned->process->n_rows());
    LogPrior* const prior = owned->prior ? &owned->prior->function() : nullptr;
    const SoftmaxRows data{owned->process->n_rows(), static_cast<std::size_t>(rows.kappa.shape(0)),
                           rows.b.data(), rows.kappa.data(), rows.offset.data()};
    const ProcessSampler::Options options{
        {{steps[0], steps[1], steps[2], steps[3], steps[4]}, complete_every},
        tune,
        threads,
        owned->process->n_theta()};
    auto sampler = std::make_unique<ProcessSampler>(data, owned->process->factory(), prior,
                                                    bitgens_of(bit_generators), options);
    OwnedProcess* parts = owned.get();
    return PyChains({std::move(owned), std::move(bit_generators),
                     std::make_unique<Chains>(std::move(sampler), threads), [parts] {
                         parts->process->rethrow();
                         if (parts->prior) parts->prior->rethrow();
                     }});
}

struct OwnedCovariance {
    std::shared_ptr<PyCovariance> covariance;
    Rows rows;
};

PyChains fixed_process_chains(std::shared_ptr<PyCovariance> covariance, Array b, Array kappa, Array offset,
                              std::vector<py::object> bit_generators, std::size_t tune, std::size_t threads) {
    auto owned = std::make_shared<OwnedCovariance>(
        OwnedCovariance{std::move(covariance), {std::move(b), std::move(kappa), std::move(offset)}});
    const Rows& rows = owned->rows;
    const auto n = static_cast<std::size_t>(rows.b.size());
    rows.require_shapes(n);
    auto sampler = std::make_unique<FixedProcessSampler>(
        LatentRows{n, rows.b.data(), rows.kappa.data(), rows.offset.data()}, owned->covariance->function(),
        blas(), bitgens_of(bit_generators), tune, threads);
    OwnedCovariance* parts = owned.get();
    return PyChains({std::move(owned), std::move(bit_generators),
                     std::make_unique<Chains>(std::move(sampler), threads),
                     [parts] { parts->covariance->rethrow(); }});
}

}  // namespace

void register_process_chains(py::module_& module) {
    py::class_<PyLogPrior, std::shared_ptr<PyLogPrior>>(module, "LogPrior");
    py::class_<CallbackLogPrior, PyLogPrior, std::shared_ptr<CallbackLogPrior>>(module, "CallbackLogPrior")
        .def(py::init<std::size_t, py::function>(), py::kw_only(), py::arg("n_theta"), py::arg("function"));
    py::class_<CompiledLogPrior, PyLogPrior, std::shared_ptr<CompiledLogPrior>>(module, "NormalLogPrior")
        .def(py::init<const Array&, const Array&, const Array&>(), py::kw_only(), py::arg("mean").noconvert(),
             py::arg("low").noconvert(), py::arg("high").noconvert());
    module.def("process_chains", &process_chains, py::kw_only(), py::arg("process"), py::arg("b").noconvert(),
               py::arg("kappa").noconvert(), py::arg("offset").noconvert(), py::arg("log_prior"),
               py::arg("bit_generators"), py::arg("tune"), py::arg("steps"), py::arg("complete_every"),
               py::arg("threads"));
    module.def("fixed_process_chains", &fixed_process_chains, py::kw_only(), py::arg("covariance"),
               py::arg("b").noconvert(), py::arg("kappa").noconvert(), py::arg("offset").noconvert(),
               py::arg("bit_generators"), py::arg("tune"), py::arg("threads"));
}

}  // namespace polyagamma::binding
