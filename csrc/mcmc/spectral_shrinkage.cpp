#include "mcmc/spectral_shrinkage.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/dense.hpp"

namespace polyagamma {

double shrunk_eigenvalue(double eigenvalue, double ratio) {
    const double root = std::sqrt(ratio), upper = (1.0 + root) * (1.0 + root);
    // With more coordinates than draws the least are zero, which rounding may make negative.
    const double lower = root < 1.0 ? (1.0 - root) * (1.0 - root) : -HUGE_VAL;
    if (eigenvalue <= upper && eigenvalue >= lower) return 1.0;
    const double b = eigenvalue + 1.0 - ratio;
    const double spread = std::sqrt(std::max(0.0, b * b - 4.0 * eigenvalue));
    const double excess = 0.5 * (eigenvalue > upper ? b + spread : b - spread) - 1.0;
    const double along =
        (1.0 - ratio / (excess * excess)) / (1.0 + ratio / excess);  // of the vector, squared
    return 1.0 + excess * std::clamp(along, 0.0, 1.0);
}

Status shrink_spectrum(const Blas& blas, Vector& s, std::size_t k, double draws, double& lost) {
    Vector vectors(s), values(k), scaled(k * k);
    if (const Status status = eigenvectors(blas, vectors.data(), k, values.data()); !status.ok())
        return status;
    double mean = 0.0, before = 0.0, after = 0.0;
    for (const double value : values) mean += value / static_cast<double>(k);
    for (std::size_t j = 0; j < k; ++j) {
        const double value = values[j] / mean;
        const double shrunk = shrunk_eigenvalue(value, static_cast<double>(k) / draws);
        before += (value - 1.0) * (value - 1.0);
        after += (shrunk - 1.0) * (shrunk - 1.0);
        for (std::size_t i = 0; i < k; ++i) scaled[j * k + i] = mean * shrunk * vectors[j * k + i];
    }
    lost = before > 0.0 ? 1.0 - after / before : 1.0;
    multiply_transposed(blas, vectors.data(), scaled.data(), k, k, k, s.data());
    return {};
}

}  // namespace polyagamma
