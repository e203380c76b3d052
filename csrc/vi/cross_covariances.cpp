#include "vi/cross_covariances.hpp"

#include <algorithm>

#include "simd/loops.hpp"

namespace polyagamma {

StationaryCrossCovariances::StationaryCrossCovariances(const StationaryFunction& function,
                                                       const double* inputs, std::size_t n,
                                                       const double* points, std::size_t m)
    : CrossCovariances(n, m),
      family_(function.family()),
      p_(function.dimensions()),
      defined_(function.at(nullptr, at_)),
      inputs_(n, p_),
      centres_(p_ * m) {
    inputs_.pack(0, n, inputs);
    for (std::size_t d = 0; d < p_; ++d)
        for (std::size_t j = 0; j < m; ++j) centres_[d * m + j] = points[j * p_ + d] * at_.inverse_scales[d];
}

void StationaryCrossCovariances::fill(std::size_t first, std::size_t count, double* panels,
                                      double* variances) const {
    loops().covariance.stationary_panels(family_, inputs_.panel(first), count, p_, at_.inverse_scales.data(),
                                         centres_.data(), points(), at_.variance, panels);
    std::fill_n(variances, count * kPanelRows, at_.variance);
}

void GivenCrossCovariances::fill(std::size_t first, std::size_t count, double* panels,
                                 double* variances) const {
    for (std::size_t i = 0; i < count * kPanelRows; ++i) {
        const std::size_t row = first * kPanelRows + i;
        double* to = panels + i / kPanelRows * points() * kPanelRows + i % kPanelRows;
        variances[i] = row < rows() ? variances_[row] : 0.0;
        for (std::size_t j = 0; j < points(); ++j)
            to[j * kPanelRows] = row < rows() ? covariances_[row * points() + j] : 0.0;
    }
}

}  // namespace polyagamma
