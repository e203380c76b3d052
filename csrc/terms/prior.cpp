#include "terms/prior.hpp"

#include "likelihood/registry.hpp"

namespace polyagamma {
namespace {

// Precision: its diagonal, or the full matrix.
const Registry<Prior>::Entry kEntry("gaussian", {"mean", "precision"},
                                    [](std::size_t size,
                                       const std::vector<Vector>& arrays) -> std::unique_ptr<Prior> {
                                        const std::size_t given = arrays[1].size();
                                        if (arrays[0].size() != size ||
                                            (given != size && given != size * size))
                                            return nullptr;
                                        return std::make_unique<FixedPrior>(GaussianPrior(
                                            arrays[0].data(), arrays[1].data(), size, given == size));
                                    });

}  // namespace
}  // namespace polyagamma
