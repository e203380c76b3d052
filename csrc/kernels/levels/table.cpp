#include "kernels/kernels.hpp"
#include "kernels/level.hpp"
#include "kernels/levels/fill_block.hpp"

#define POLYAGAMMA_STRING_(x) #x
#define POLYAGAMMA_STRING(x) POLYAGAMMA_STRING_(x)

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

extern const Kernels table;
const Kernels table = {POLYAGAMMA_STRING(POLYAGAMMA_LEVEL), fill_block};

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
