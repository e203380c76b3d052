// Python's view of the chains of Gaussian-process models.
#include "mcmc/process_chains.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "callback.hpp"
#include "mcmc/fixed_process_chains.hpp"
#include "process.hpp"
#include "run.hpp"

namespace polyagamma::binding {
namespace {

class PythonPrior final : public LogPrior {
  public:
    PythonPrior(py::function function, std::size_t n_theta)
        : callback_(std::move(function)), n_theta_(n_theta) {}

    Evaluation evaluate(const double* theta, double& log_density) override {
        return callback_.call([&](const py::function& function) {
            log_density = function(view(theta, {n_theta_})).cast<double>();
            return Evaluation::ok;
        });
    }

    void rethrow() { callback_.rethrow(); }

  private:
    Callback callback_;
    std::size_t n_theta_;
};

// What Python calls the moves of a sweep, in the order of `steps`.
struct Move {
    const char* acceptance;
    const char* steps;
    OutputArray Moves<OutputArray>::* output;
};
constexpr std::array<Move, 5> kMoves{{
    {"acceptance_collapsed", "collapsed_steps", &Moves<OutputArray>::collapsed},
    {"acceptance_whitened", "whitened_steps", &Moves<OutputArray>::whitened},
    {"acceptance_surrogate", "surrogate_steps", &Moves<OutputArray>::surrogate},
    {"acceptance_independent", "independent_steps", &Moves<OutputArray>::independent},
    {"acceptance_trajectory", "trajectory_steps", &Moves<OutputArray>::trajectory},
}};

// The arrays of `out`, those there are, by the name that Python gives them.
void assign(const py::dict& out, std::initializer_list<std::pair<const char*, OutputArray*>> arrays) {
    const auto step = static_cast<py::ssize_t>(sizeof(double));
    for (const auto& [name, output] : arrays) {
        if (!out.contains(name)) continue;
        auto array = out[name].cast<py::array_t<double>>();
        *output = {array.mutable_data(), array.strides(0) / step, array.strides(1) / step};
    }
}

template <class Chains>
py::dict latent_state(Chains& chains) {
    using namespace py::literals;
    return py::dict("latent"_a = to_array(chains.state()), "sweeps_done"_a = count(chains.sweeps_done()));
}

template <class Chains>
void set_latent_state(Chains& chains, const py::dict& parts) {
    const Vector numbers = to_vector(parts, "latent");
    require_fit(chains.set_state(numbers.data(), numbers.size(), to_count(parts, "sweeps_done")));
}

class PyProcessChains {
  public:
    PyProcessChains(std::shared_ptr<Process> process, Array shape, Array kappa, Array offset,
                    const py::object& log_prior, const Array& initial_theta,
                    std::vector<py::object> bit_generators, std::size_t tune,
                    std::array<std::size_t, 5> steps, std::size_t complete_every, std::size_t threads)
        : process_(std::move(process)),
          shape_(std::move(shape)),
          kappa_(std::move(kappa)),
          offset_(std::move(offset)),
          bit_generators_(std::move(bit_generators)),
          steps_(steps),
          complete_every_(complete_every) {
        if (!log_prior.is_none()) prior_ = std::make_unique<PythonPrior>(log_prior, process_->n_theta());
        const ProcessData data{process_->n_rows(), static_cast<std::size_t>(kappa_.shape(0)), shape_.data(),
                               kappa_.data(), offset_.data()};
        chains_ = std::make_unique<ProcessChains>(
            data, process_->factory(), prior_.get(),
            Schedule{{steps[0], steps[1], steps[2], steps[3], steps[4]}, complete_every},
            initial_theta.data(), process_->n_theta(), bitgens_of(bit_generators_), tune, threads);
    }

    std::size_t sweeps_done() const { return chains_->sweeps_done(); }

    py::dict stats() const {
        py::dict names = stat_names({"lp"});
        for (std::size_t i = 0; i < kMoves.size(); ++i)
            if (prior_ && steps_[i] > 0) names[kMoves[i].acceptance] = py::dtype::of<double>();
        return names;
    }

    py::dict kernel_info() const {
        py::dict info;
        info["kernel"] = steps_.back() > 0 ? "hmc+gibbs" : "gibbs";
        info["gibbs_every"] = complete_every_;
        for (std::size_t i = 0; i < kMoves.size(); ++i) info[kMoves[i].steps] = steps_[i];
        return info;
    }

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

    py::dict state() const { return latent_state(*chains_); }
    void set_state(const py::dict& parts) { set_latent_state(*chains_, parts); }

    void run(std::size_t sweeps, const py::object& out) {
        const ProcessDraws draws = out.is_none() ? ProcessDraws{} : outputs(out);
        ProcessFailure failure;
        {
            const Locks locks(bit_generators_);
            const py::gil_scoped_release release;
            failure = chains_->run(sweeps, draws);
        }
        process_->rethrow();
        if (prior_) prior_->rethrow();
        if (failure.kind != Evaluation::ok) raise_numerical_error("kernel", failure.chain, failure.sweep, 0);
    }

  private:
    ProcessDraws outputs(const py::dict& out) {
        ProcessDraws draws;
        assign(out, {{"f", &draws.g},
                     {"theta", &draws.theta},
                     {"whitened", &draws.whitened},
                     {"lp", &draws.log_posterior}});
        for (const Move& move : kMoves) assign(out, {{move.acceptance, &(draws.acceptance.*move.output)}});
        if (out.contains("whitened"))
            draws.n_whitened =
                static_cast<std::size_t>(out["whitened"].cast<py::array>().shape(2) / kappa_.shape(0));
        return draws;
    }

    std::shared_ptr<Process> process_;
    Array shape_, kappa_, offset_;
    std::unique_ptr<PythonPrior> prior_;
    std::vector<py::object> bit_generators_;
    std::array<std::size_t, 5> steps_;
    std::size_t complete_every_;
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

    py::dict stats() const { return stat_names({"lp", "acceptance_rate"}); }

    py::dict kernel_info() const {
        const LeapfrogSettings settings = chains_.settings();
        py::dict info;
        info["kernel"] = "hmc";
        info["kicks"] = settings.kicks;
        info["angle"] = settings.angle;
        return info;
    }

    py::dict state() { return latent_state(chains_); }
    void set_state(const py::dict& parts) {
        set_latent_state(chains_, parts);
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
        assign(out,
               {{"f", &draws.g}, {"lp", &draws.log_posterior}, {"acceptance_rate", &draws.acceptance_rate}});
        return draws;
    }

    std::shared_ptr<PyCovariance> covariance_;
    Array shape_, kappa_, offset_;
    std::vector<py::object> bit_generators_;
    FixedKernelChains chains_;
    bool started_ = false;
};

}  // namespace

void register_process_chains(py::module_& module) {
    py::class_<PyProcessChains>(module, "ProcessChains")
        .def(py::init<std::shared_ptr<Process>, Array, Array, Array, const py::object&, const Array&,
                      std::vector<py::object>, std::size_t, std::array<std::size_t, 5>, std::size_t,
                      std::size_t>(),
             py::kw_only(), py::arg("process"), py::arg("shape").noconvert(), py::arg("kappa").noconvert(),
             py::arg("offset").noconvert(), py::arg("log_prior"), py::arg("initial_theta").noconvert(),
             py::arg("bit_generators"), py::arg("tune"), py::arg("steps"), py::arg("complete_every"),
             py::arg("threads"))
        .def_property_readonly("sweeps_done", &PyProcessChains::sweeps_done)
        .def_property_readonly("stats", &PyProcessChains::stats)
        .def_property_readonly("kernel_info", &PyProcessChains::kernel_info)
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
        .def_property_readonly("stats", &PyFixedKernelChains::stats)
        .def_property_readonly("kernel_info", &PyFixedKernelChains::kernel_info)
        .def("state", &PyFixedKernelChains::state)
        .def("set_state", &PyFixedKernelChains::set_state, py::arg("state"))
        .def("run", &PyFixedKernelChains::run, py::arg("sweeps"), py::arg("out") = py::none());
}

}  // namespace polyagamma::binding
