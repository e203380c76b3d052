#pragma once

#include <cstddef>

namespace polyagamma {

// What went wrong, and where: the index of a value that is not finite, or the leading minor that is not
// positive; or the caller's own code failed. The core returns this instead of throwing; the callers of the
// core word the message.
struct [[nodiscard]] Status {
    enum class Kind : int { ok = 0, not_positive_definite = 1, not_finite = 2, callback_failed = 3 };
    Kind kind = Kind::ok;
    std::size_t index = 0;

    bool ok() const { return kind == Kind::ok; }
    // Whether the run must end. Where something has no value at proposed parameters (not finite, not positive
    // definite), the proposal is rejected instead.
    bool fatal() const { return kind == Kind::callback_failed; }
};

}  // namespace polyagamma
