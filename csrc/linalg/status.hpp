#pragma once

#include <cstddef>

namespace polyagamma {

// What went wrong, and where: the coefficient of a value that is not finite, or the leading minor that is not
// positive. The core returns this instead of throwing; the callers of the core word the message.
struct [[nodiscard]] Status {
    enum class Kind : int { ok = 0, not_positive_definite = 1, not_finite = 2 };
    Kind kind = Kind::ok;
    std::size_t index = 0;

    bool ok() const { return kind == Kind::ok; }
};

}  // namespace polyagamma
