#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "math/elementary.hpp"
#include "pg/pg1_density.hpp"
#include "pg/strip_table.hpp"

namespace polyagamma {

// Cuts the density g of one cell into kStrips strips of a given area.
class StripCutter {
  public:
    StripCutter(double half_square, double quantum)
        : half_square_(half_square), quantum_(quantum), mode_(rounded_down(find_mode())) {}

    // False if kStrips strips of this area cannot cover g.
    bool cut(double area) {
        area_ = area;
        used_ = 1;  // strip 0 waits for the left end
        return cut_left() && cut_right();
    }

    // The strips of the last cut.
    void write(StripRow* rows, StripCell& cell) const {
        const auto single = [](double x) { return static_cast<float>(x); };
        rows[0] = {single(left_end_), single(-left_end_), 0.0f, kNoSqueeze};
        for (std::size_t k = 1; k < kStrips - 1; ++k) {
            const Strip& s = strips_[k];
            const double y0 = logarithm(area_ / (std::fabs(s.width) * s.top));
            const double dy = logarithm(s.top / density(s.edge + s.width));
            rows[k] = {single(s.edge), single(s.width), single_above(y0), single_above(dy)};
        }
        rows[kStrips - 1] = {single(right_end_), 0.0f, 0.0f, kNoSqueeze};
        cell = {half_square_, area_, tail_mean_};
    }

    double right_end() const { return right_end_; }

  private:
    struct Strip {
        double edge;  // the side with the higher density, `top`
        double width;
        double top;
    };

    double density(double omega) const { return pg1_density(omega, half_square_); }
    double rounded_down(double x) const { return std::floor(x / quantum_) * quantum_; }

    // The bracket holds the mode for every z up to kStripMaxZ; log g is concave, so its slope has one zero.
    double find_mode() const {
        double low = 0.01, high = kSeriesSplit;
        for (int i = 0; i < 48; ++i) {
            const double middle = 0.5 * (low + high);
            (pg1_log_density_slope(middle, half_square_) > 0.0 ? low : high) = middle;
        }
        return low;
    }

    // Width of the strip with density `top` on its higher side: a little less than area/top, so that the hat
    // area/width is above the density by more than the rounding errors of either.
    double width_under(double top) const { return rounded_down(area_ / top * (1.0 - 1e-9)); }

    bool cut_left() {
        double top = density(mode_), width = width_under(top);
        for (left_end_ = mode_; width < left_end_; width = width_under(top)) {
            if (used_ == kStrips - 1) return false;
            strips_[used_++] = {left_end_, -width, top};
            left_end_ -= width;
            top = density(left_end_);
        }
        return true;
    }

    // Right of ω the area under g is at most g(ω)/|slope of log g at ω|, as log g is concave.
    bool cut_right() {
        double top = density(mode_);
        for (right_end_ = mode_; used_ < kStrips - 1; top = density(right_end_)) {
            const double width = width_under(top);
            strips_[used_++] = {right_end_, width, top};
            right_end_ += width;
        }
        tail_mean_ = -1.0 / pg1_log_density_slope(right_end_, half_square_);
        return tail_mean_ > 0.0 && top * tail_mean_ * (1.0 + 1e-9) <= area_;
    }

    // A float above x by more than x's own rounding error (x is a logarithm near 0).
    static float single_above(double x) {
        return std::nextafter(static_cast<float>(x + 1e-12), std::numeric_limits<float>::infinity());
    }

    double half_square_;
    double quantum_;
    double mode_;
    double area_ = 0.0;
    std::size_t used_ = 0;
    Strip strips_[kStrips] = {};
    double left_end_ = 0.0;
    double right_end_ = 0.0;
    double tail_mean_ = 0.0;
};

// 1/cosh(z/2), the area under pg1_density at z²/2.
inline double area_under_density(double z) {
    const double e = exponential(-0.5 * z);
    return 2.0 * e / (1.0 + e * e);
}

// Calls cell(i, least, cutter), which is to cut, for every cell in order: least is the area of a strip if
// hats were no larger than the density.
template <class Cell>
void for_each_strip_cell(Cell cell) {
    double quantum = 0x1p-23;  // at z = 0 all edges are below 2, so multiples of it fit single precision
    for (std::size_t i = 0; i < kStripCells; ++i) {
        const double z = kStripStepZ * static_cast<double>(i);
        StripCutter cutter(0.5 * z * z, quantum);
        cell(i, area_under_density(z) / kStrips, cutter);
        // The edges shrink from cell to cell, apart from jumps of a few per cent where the left end gains a
        // strip.
        if (cutter.right_end() < 0.9 * 0x1p23 * quantum) quantum *= 0.5;
    }
}

}  // namespace polyagamma
