#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "math/elementary.hpp"

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

// log Π x, kWidth numbers at a time: mantissas are multiplied and exponents added, in lanes that compilers
// put side by side.
class LogProducts {
  public:
    static constexpr std::size_t kWidth = 8;

    // The first `count` of kWidth numbers.
    void multiply(const double* x, std::size_t count) {
        for (std::size_t l = 0; l < kWidth; ++l) {
            const std::uint64_t bits = bits_of(l < count ? x[l] : 1.0);
            outside_ |= (bits - kLeast) | (kMost - bits);
            exponents_[l] += bits >> 52;
            mantissas_[l] *= double_of((bits & kMantissa) | kOne);
        }
        if (++factors_ == kMostFactors) settle();
    }
    // Whether all numbers were positive, normal and finite.
    bool positive() const { return outside_ >> 63 == 0; }
    double log() {
        settle();
        return product_.log() + static_cast<double>(exponent_) * (kLn2High + kLn2Low);
    }

  private:
    static constexpr std::uint64_t kOne = 0x3ff0000000000000, kMantissa = 0x000fffffffffffff;
    static constexpr std::uint64_t kLeast = 0x0010000000000000, kMost = 0x7fefffffffffffff;
    static constexpr std::size_t kMostFactors = 400;  // mantissas below 2

    void settle() {
        for (std::size_t l = 0; l < kWidth; ++l) {
            product_.multiply(mantissas_[l]);
            exponent_ +=
                static_cast<std::int64_t>(exponents_[l]) - 1023 * static_cast<std::int64_t>(factors_);
            mantissas_[l] = 1.0;
            exponents_[l] = 0;
        }
        factors_ = 0;
    }

    double mantissas_[kWidth] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
    std::uint64_t exponents_[kWidth] = {}, outside_ = 0;
    std::size_t factors_ = 0;
    std::int64_t exponent_ = 0;
    LogProduct product_;
};

}  // namespace polyagamma
