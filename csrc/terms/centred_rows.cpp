#include "terms/centred_rows.hpp"

#include "simd/lanes_sum.hpp"
#include "simd/loops.hpp"

namespace polyagamma {

CentredRows::CentredRows(const LinearModel& model, const Vector& mean)
    : offset(model.offset), likelihood(model.likelihood), blas(model.blas) {
    Design design = model.design;
    design.columns -= design.zeros;
    design.zeros = 0;
    x.assign(design, nullptr, blas);
    Vector centred(offset.size());
    predictors_at(*this, mean.data(), centred);
    offset.swap(centred);
}

void predictors_at(const CentredRows& rows, const double* gamma, Vector& eta) {
    loops().model.forward(rows.x.panel(0), rows.x.count(), rows.size(), gamma, 1, eta.data(), eta.size());
    for (std::size_t i = 0; i < eta.size(); ++i) eta[i] += rows.offset[i];
}

Vector transposed_product(const CentredRows& rows, const Vector& v) {
    Vector lanes(rows.size() * kPanelRows), product(rows.size());
    loops().model.transposed(rows.x.panel(0), rows.x.count(), rows.size(), v.data(), 1, v.size(),
                             lanes.data());
    for (std::size_t j = 0; j < product.size(); ++j) product[j] = sum_lanes(&lanes[j * kPanelRows]);
    return product;
}

Vector column_of(const CentredRows& rows, std::size_t j) {
    Vector x(rows.x.count() * kPanelRows);
    for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = rows.x.panel(i / kPanelRows)[j * kPanelRows + i % kPanelRows];
    return x;
}

double log_likelihood_at(const Likelihood& likelihood, const double* extras, const Vector& eta) {
    Vector slope(eta), of_extras(likelihood.extras() * kPanelRows);
    double lanes[kPanelRows] = {};
    likelihood.derivative_at(extras, {0, eta.size(), eta.size()}, slope.data(), of_extras.data(), lanes);
    return sum_lanes(lanes);
}

}  // namespace polyagamma
