#include "kernels/kernels.hpp"
#include "kernels/level.hpp"

#define POLYAGAMMA_STRING_(x) #x
#define POLYAGAMMA_STRING(x) POLYAGAMMA_STRING_(x)

namespace polyagamma::POLYAGAMMA_LEVEL {

extern const Kernels table;
const Kernels table = {POLYAGAMMA_STRING(POLYAGAMMA_LEVEL)};

}  // namespace polyagamma::POLYAGAMMA_LEVEL
