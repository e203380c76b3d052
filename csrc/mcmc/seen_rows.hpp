#pragma once

#include <cstddef>
#include <vector>

#include "linalg/aligned.hpp"
#include "terms/additive_rows.hpp"

namespace polyagamma {

// What the rows of a chain have been like over some sweeps: sums of their precisions, slopes and t = η −
// offset.
struct SeenRows {
    explicit SeenRows(std::size_t padded) : precision(padded), slope(padded), t(padded) {}

    // The first `rows` of the padded rows, at their linear predictors.
    void add(const RowCurves& curves, const Vector& eta, const Vector& offset, std::size_t rows);
    template <class Visitor>
    void visit(Visitor&& visitor) {
        for (Vector* part : {&precision, &slope, &t}) visitor(part->data(), part->size());
        visitor(&count, 1);
    }

    Vector precision, slope, t;
    double count = 0.0;
};

// The Gaussian rows that stand in best for what chains have seen, which begin anew.
void pool_rows(const std::vector<SeenRows*>& chains, std::size_t rows, GaussianRows& surrogate);

}  // namespace polyagamma
