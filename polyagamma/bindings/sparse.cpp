// Python's view of linear models with sparse predictors and their chains.
#include "sparse.hpp"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "likelihood/likelihood.hpp"
#include "mcmc/noncentered_sampler.hpp"
#include "run.hpp"
#include "terms/prior.hpp"
#include "terms/sparse_design.hpp"

namespace polyagamma::binding {

SparseRows sparse_rows(const ArrayOf<std::int64_t>& indptr, const ArrayOf<std::int32_t>& indices,
                       const Array& values, std::size_t columns) {
    const std::size_t entries = static_cast<std::size_t>(indices.size());
    if (values.size() > 0) require_shape(values, {indices.size()}, "values");
    if (indptr.ndim() != 1 || indptr.size() < 2 || indptr.at(0) != 0 ||
        static_cast<std::size_t>(indptr.at(indptr.size() - 1)) != entries)
        throw py::value_error("indptr must go from 0 to the number of entries");
    SparseRows matrix;
    matrix.columns = columns;
    matrix.index.assign(indices.data(), indices.data() + entries);
    matrix.value.assign(values.data(), values.data() + values.size());
    matrix.start.assign(indptr.data(), indptr.data() + indptr.size());
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
        if (matrix.start[i + 1] < matrix.start[i]) throw py::value_error("indptr must not decrease");
        for (std::size_t e = matrix.start[i]; e < matrix.start[i + 1]; ++e) {
            const bool ascends = e == matrix.start[i] || matrix.index[e - 1] < matrix.index[e];
            const bool fits = matrix.index[e] >= 0 && static_cast<std::size_t>(matrix.index[e]) < columns;
            if (!ascends || !fits) throw py::value_error("indices of a row must ascend, within the columns");
        }
    }
    return matrix;
}

namespace {

// A model, its design and its prior in the coordinates of the sampler.
class PySparseModel {
  public:
    PySparseModel(const ArrayOf<std::int64_t>& indptr, const ArrayOf<std::int32_t>& indices,
                  const Array& values, const Array& centre, const Array& offset,
                  std::shared_ptr<Likelihood> likelihood, std::shared_ptr<Prior> prior, bool intercept) {
        const auto n = static_cast<py::ssize_t>(likelihood->rows());
        const auto predictors = static_cast<py::ssize_t>(likelihood->predictors());
        SparseRows matrix = sparse_rows(indptr, indices, values, static_cast<std::size_t>(centre.size()));
        if (static_cast<py::ssize_t>(matrix.rows()) != n)
            throw py::value_error("the likelihood must have the rows of X");
        if (predictors == 1) {
            require_shape(offset, {n}, "offset");
        } else {
            require_shape(offset, {predictors, n}, "offset");
        }
        if (static_cast<py::ssize_t>(prior->size()) != predictors * (centre.size() + (intercept ? 1 : 0)))
            throw py::value_error("the prior must have the coefficients of X");
        prior_ = prior->noncentered(blas());
        if (!prior_) throw py::value_error("the prior has no form for sparse predictors");
        Vector shift = vector_of(centre, centre.size(), "centre");
        const py::gil_scoped_release release;
        design_ = std::make_shared<SparseDesign>(std::move(matrix), std::move(shift), intercept,
                                                 offset.data(), std::move(likelihood));
    }

    const std::shared_ptr<SparseDesign>& design() const { return design_; }
    const std::shared_ptr<NoncenteredPrior>& prior() const { return prior_; }

  private:
    std::shared_ptr<SparseDesign> design_;
    std::shared_ptr<NoncenteredPrior> prior_;
};

PyChains sparse_chains(std::shared_ptr<PySparseModel> model, std::vector<py::object> bit_generators,
                       std::size_t tune, std::size_t threads) {
    auto sampler = std::make_unique<NoncenteredSampler>(model->design(), model->prior(), blas(),
                                                        bitgens_of(bit_generators), tune, threads);
    auto chains = std::make_unique<Chains>(std::move(sampler), threads);
    return PyChains({std::move(model), std::move(bit_generators), std::move(chains)});
}

}  // namespace

void register_sparse(py::module_& module) {
    using namespace py::literals;
    py::class_<PySparseModel, std::shared_ptr<PySparseModel>>(module, "SparseModel")
        .def(py::init<const ArrayOf<std::int64_t>&, const ArrayOf<std::int32_t>&, const Array&, const Array&,
                      const Array&, std::shared_ptr<Likelihood>, std::shared_ptr<Prior>, bool>(),
             py::kw_only(), "indptr"_a, "indices"_a, "values"_a, "centre"_a, "offset"_a, "likelihood"_a,
             "prior"_a, "intercept"_a);
    module.def("sparse_chains", &sparse_chains, py::kw_only(), "model"_a, "bit_generators"_a, "tune"_a,
               "threads"_a = 1);
}

}  // namespace polyagamma::binding
