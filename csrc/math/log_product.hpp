#pragma once

#include <cmath>

namespace polyagamma {

// log Π x of positive numbers, with few logarithms: each x and its reciprocal below 1e150.
class LogProduct {
  public:
    void multiply(double x) {
        product_ *= x;
        if (product_ > kLarge || product_ < 1.0 / kLarge) settle();
    }
    double log() const { return sum_ + std::log(product_); }

  private:
    static constexpr double kLarge = 1e150;
    void settle() {
        sum_ += std::log(product_);
        product_ = 1.0;
    }
    double product_ = 1.0, sum_ = 0.0;
};

}  // namespace polyagamma
