#include "terms/shared_shift.hpp"

#include "terms/dense_shift.hpp"
#include "terms/full_process.hpp"
#include "terms/sparse_shift.hpp"

namespace polyagamma {
namespace {

// Empty if they are of another kind.
template <class Block>
std::vector<Block*> cast(const std::vector<std::unique_ptr<FunctionTerm>>& functions) {
    std::vector<Block*> blocks;
    for (const std::unique_ptr<FunctionTerm>& function : functions)
        if (auto* block = dynamic_cast<Block*>(function.get())) blocks.push_back(block);
    return blocks;
}

}  // namespace

std::unique_ptr<SharedShift> make_shared_shift(const std::vector<std::unique_ptr<FunctionTerm>>& functions) {
    const std::vector<FunctionTerm*> all = cast<FunctionTerm>(functions);
    const std::vector<LowRankProcess*> sparse = cast<LowRankProcess>(functions);
    if (sparse.empty())
        return std::make_unique<DenseShift>(all, static_cast<FullProcess&>(*functions.front()).blas());
    const LowRankProcess& one = *sparse.front();
    if (sparse.size() * one.n_features() >= one.n_rows())  // a matrix of the rows is smaller
        return std::make_unique<DenseShift>(all, one.blas());
    return std::make_unique<SparseShift>(sparse);
}

}  // namespace polyagamma
