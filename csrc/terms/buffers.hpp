#pragma once

#include <array>
#include <cstddef>

#include "terms/term.hpp"

namespace polyagamma {

// What a term keeps for each set of hyperparameters; an accepted proposal costs no copy.
template <class Matrices>
class Buffers {
  public:
    Matrices& operator[](Side side) { return sides_[side == Side::current ? current_ : 1 - current_]; }
    void swap() { current_ = 1 - current_; }

  private:
    std::array<Matrices, 2> sides_;
    std::size_t current_ = 0;
};

}  // namespace polyagamma
