#pragma once

#include <cstddef>
#include <functional>

namespace polyagamma {

// work(t, count) for t < count, at once, each on a thread of its own, of which the caller's is number 0.
// `count` is `threads`, or fewer where the machine has no more. `work` must not throw.
void run_on_threads(std::size_t threads,
                    const std::function<void(std::size_t thread, std::size_t count)>& work);

}  // namespace polyagamma
