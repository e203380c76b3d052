#include "simd/level.hpp"
#include "simd/levels/columns.hpp"
#include "simd/levels/covariance.hpp"
#include "simd/levels/factor.hpp"
#include "simd/levels/fill_block.hpp"
#include "simd/levels/model_loops.hpp"
#include "simd/levels/multinomial.hpp"
#include "simd/levels/negative_binomial.hpp"
#include "simd/levels/normals.hpp"
#include "simd/levels/packed_products.hpp"
#include "simd/levels/scale_marginals.hpp"
#include "simd/levels/softmax.hpp"
#include "simd/loops.hpp"

#define POLYAGAMMA_STRING_(x) #x
#define POLYAGAMMA_STRING(x) POLYAGAMMA_STRING_(x)

namespace polyagamma {
inline namespace POLYAGAMMA_LEVEL {

extern const Loops table;
const Loops table = {
    POLYAGAMMA_STRING(POLYAGAMMA_LEVEL),
    fill_block,
    normals,
    softmax,
    total_log_sum,
    {forward, transposed, weighted_gram, solve_lower, residual, residual_and_log_likelihood, curvature,
     subtract_gaussian},
    {stationary_row, stationary_panels, scaled_row},
    {negative_binomial, rising_terms, rising_series},
    {multinomial, probabilities},
    {cholesky, invert},
    {pack_scaled, rescale, add_products},
    {scale_marginals, scale_sds},
    {column_dot, weighted_column_dot, subtract_columns},
};

}  // namespace POLYAGAMMA_LEVEL
}  // namespace polyagamma
