#include "kernels/kernels.hpp"
#include "kernels/level.hpp"
#include "kernels/levels/covariance.hpp"
#include "kernels/levels/fill_block.hpp"
#include "kernels/levels/model_kernels.hpp"
#include "kernels/levels/normals.hpp"

#define POLYAGAMMA_STRING_(x) #x
#define POLYAGAMMA_STRING(x) POLYAGAMMA_STRING_(x)

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

extern const Kernels table;
const Kernels table = {
    POLYAGAMMA_STRING(POLYAGAMMA_LEVEL),
    fill_block,
    normals,
    {forward, transposed, weighted_gram, solve_lower, residual, residual_and_log_likelihood, curvature},
    {stationary_row, stationary_panels, scaled_row},
};

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
