// Python's view of additive models and their chains.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "binding.hpp"
#include "likelihood/likelihood.hpp"
#include "mcmc/additive_sampler.hpp"
#include "run.hpp"
#include "sparse.hpp"
#include "terms/additive_model.hpp"
#include "terms/effect_scales.hpp"
#include "transition_kernel.hpp"

namespace polyagamma::binding {
namespace {

ScalePrior scale_prior(const py::handle& given) {
    const auto [name, degrees_of_freedom, scale] = given.cast<std::tuple<std::string, double, double>>();
    for (std::size_t i = 0; i < kScaleFamilies.size(); ++i)
        if (name == kScaleFamilies[i]) return {static_cast<ScalePrior::Family>(i), degrees_of_freedom, scale};
    throw py::value_error("there is no prior '" + name + "' of a standard deviation");
}

EffectBlock fixed_block(const py::dict& given, std::size_t p) {
    const auto size = static_cast<py::ssize_t>(p);
    const auto precision = given["precision"].cast<Array>();
    EffectBlock block{
        p, 1, false, true, nullptr, vector_of(given["mean"].cast<Array>(), size, "mean"), Vector(p * p)};
    if (precision.ndim() == 2) {
        require_shape(precision, {size, size}, "precision");
        std::copy_n(precision.data(), p * p, block.precision.begin());
        return block;
    }
    const Vector diagonal = vector_of(precision, size, "precision");
    for (std::size_t j = 0; j < p; ++j) block.precision[j * (p + 1)] = diagonal[j];
    return block;
}

EffectBlock effect_block(const py::handle& item) {
    const auto given = item.cast<py::dict>();
    const auto kind = given["kind"].cast<std::string>();
    const auto levels = given["levels"].cast<std::size_t>(), columns = given["columns"].cast<std::size_t>();
    if (kind == "fixed") return fixed_block(given, levels);
    if (kind != "group" && kind != "basis") throw py::value_error("there is no kind '" + kind + "' of block");
    std::vector<ScalePrior> priors;
    for (const py::handle& one : given["sd_prior"]) priors.push_back(scale_prior(one));
    if (priors.size() != columns) throw py::value_error("sd_prior must have an entry for each column");
    auto scales = std::make_shared<EffectScales>(std::move(priors), given["correlated"].cast<bool>(),
                                                 given["eta"].cast<double>());
    return {levels, columns, kind == "group", false, std::move(scales), {}, {}};
}

// A basis is dense if more than a quarter of its entries are there.
void mark_dense(const SparseRows& matrix, std::vector<EffectBlock>& blocks) {
    std::vector<std::size_t> entries(matrix.columns + 1);
    for (const std::int32_t column : matrix.index) ++entries[static_cast<std::size_t>(column)];
    std::size_t first = 0;
    for (EffectBlock& block : blocks) {
        const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(first);
        const std::size_t filled =
            std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(block.size()), std::size_t{0});
        block.dense = !block.one_level && 4 * filled > matrix.rows() * block.size();
        first += block.size();
    }
}

// Rows have entries of one level of a group block: of the eliminated one all rows have.
void require_levels(const SparseRows& matrix, const std::vector<EffectBlock>& blocks) {
    const std::size_t which = AdditiveDesign::eliminated(blocks);
    if (which == AdditiveDesign::kNone) return;
    std::size_t begin = 0;
    for (std::size_t k = 0; k < which; ++k) begin += blocks[k].size();
    const std::size_t end = begin + blocks[which].size(), columns = blocks[which].columns;
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
        std::size_t found = AdditiveDesign::kNone;
        for (std::size_t e = matrix.start[i]; e < matrix.start[i + 1]; ++e) {
            const auto column = static_cast<std::size_t>(matrix.index[e]);
            if (column < begin || column >= end) continue;
            const std::size_t level = (column - begin) / columns;
            if (found != AdditiveDesign::kNone && found != level)
                throw py::value_error("a row has two levels of a group block");
            found = level;
        }
        if (found == AdditiveDesign::kNone) throw py::value_error("a row has no level of a group block");
    }
}

class PyAdditiveModel {
  public:
    PyAdditiveModel(const ArrayOf<std::int64_t>& indptr, const ArrayOf<std::int32_t>& indices,
                    const Array& values, const Array& offset, std::shared_ptr<Likelihood> likelihood,
                    const py::list& given) {
        std::vector<EffectBlock> blocks;
        std::size_t columns = 0;
        for (const py::handle& one : given) {
            blocks.push_back(effect_block(one));
            columns += blocks.back().size();
        }
        const SparseRows matrix = sparse_rows(indptr, indices, values, columns);
        require_shape(offset, {static_cast<py::ssize_t>(matrix.rows())}, "offset");
        if (likelihood->rows() != matrix.rows() || likelihood->predictors() != 1)
            throw py::value_error("the likelihood must have the rows of the design, and one predictor");
        require_levels(matrix, blocks);
        mark_dense(matrix, blocks);
        const Blas& routines = blas();
        const py::gil_scoped_release release;
        const ArrangedRows rows = AdditiveDesign::arrange(matrix, offset.data(), blocks);
        likelihood_ = likelihood->merged(rows.place, rows.first.size());
        if (!likelihood_) return;
        Vector padded(likelihood_->padded());
        for (std::size_t i = 0; i < rows.first.size(); ++i) padded[i] = offset.data()[rows.first[i]];
        model_.reset(new AdditiveModel{AdditiveDesign(matrix, rows, blocks), std::move(padded), *likelihood_,
                                       AdditivePrior(blocks), routines});
    }

    const AdditiveModel& model() const {
        if (!model_) throw py::value_error("rows of this likelihood cannot be merged");
        return *model_;
    }

  private:
    std::shared_ptr<Likelihood> likelihood_;
    std::unique_ptr<AdditiveModel> model_;
};

PyChains additive_chains(std::shared_ptr<PyAdditiveModel> model, std::vector<py::object> bit_generators,
                         std::size_t tune, const std::string& kernel, std::size_t threads) {
    const AdditiveSampler::Options options{transition_kernel(kernel), tune};
    if (options.kernel == TransitionKernel::gibbs && model->model().likelihood.polya_gamma() == nullptr)
        throw py::value_error("kernel='gibbs' needs a likelihood with a Pólya-gamma form");
    auto sampler = std::make_unique<AdditiveSampler>(model->model(), bitgens_of(bit_generators), options);
    auto chains = std::make_unique<Chains>(std::move(sampler), threads);
    return PyChains({std::move(model), std::move(bit_generators), std::move(chains)});
}

}  // namespace

void register_additive(py::module_& module) {
    using namespace py::literals;
    py::list families;
    for (const char* family : kScaleFamilies) families.append(family);
    module.attr("SCALE_FAMILIES") = py::tuple(families);
    py::class_<PyAdditiveModel, std::shared_ptr<PyAdditiveModel>>(module, "AdditiveModel")
        .def(py::init<const ArrayOf<std::int64_t>&, const ArrayOf<std::int32_t>&, const Array&, const Array&,
                      std::shared_ptr<Likelihood>, const py::list&>(),
             py::kw_only(), "indptr"_a, "indices"_a, "values"_a, "offset"_a, "likelihood"_a, "blocks"_a)
        .def_property_readonly("n_distinct_rows",
                               [](const PyAdditiveModel& self) { return self.model().design.rows(); });
    module.def("additive_chains", &additive_chains, py::kw_only(), "model"_a, "bit_generators"_a, "tune"_a,
               "kernel"_a, "threads"_a = 1);
}

}  // namespace polyagamma::binding
