#include "terms/group_arms.hpp"

#include "terms/full_arms.hpp"
#include "terms/sparse_arms.hpp"

namespace polyagamma {

std::unique_ptr<GroupArms> make_group_arms(const AdditiveDesign& design) {
    if (design.meets_all()) return std::make_unique<FullArms>(design);
    return std::make_unique<SparseArms>(design);
}

}  // namespace polyagamma
