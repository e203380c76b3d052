#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "linalg/aligned.hpp"

namespace polyagamma {

// Chooses a position with a probability in proportion to its weight. Weights change places without a sum over
// all of them.
class WeightedChoice {
  public:
    explicit WeightedChoice(Vector weights)
        : weights_(std::move(weights)), sums_((weights_.size() + kBlock - 1) / kBlock) {
        for (std::size_t block = 0; block < sums_.size(); ++block) add_up(block);
    }

    // `uniform`: in (0, 1).
    std::size_t at(double uniform) const {
        double total = 0.0;
        for (const double sum : sums_) total += sum;
        double rest = uniform * total;
        std::size_t block = 0;
        while (block + 1 < sums_.size() && rest >= sums_[block]) rest -= sums_[block++];
        std::size_t position = block * kBlock;
        const std::size_t last = end_of(block) - 1;
        while (position < last && rest >= weights_[position]) rest -= weights_[position++];
        return position;
    }

    void swap(std::size_t one, std::size_t other) {
        std::swap(weights_[one], weights_[other]);
        add_up(one / kBlock);
        add_up(other / kBlock);
    }

  private:
    static constexpr std::size_t kBlock = 32;
    std::size_t end_of(std::size_t block) const { return std::min(weights_.size(), (block + 1) * kBlock); }
    void add_up(std::size_t block) {
        sums_[block] = 0.0;
        for (std::size_t i = block * kBlock; i < end_of(block); ++i) sums_[block] += weights_[i];
    }

    Vector weights_, sums_;
};

}  // namespace polyagamma
