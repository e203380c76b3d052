#pragma once

#include <algorithm>
#include <cstddef>

#include "parallel/run_on_threads.hpp"

namespace polyagamma {

// work(i) for i < n on up to `threads` threads; of `count` threads, thread t does the i with i mod count = t.
// `work` must not throw.
template <class Work>
void parallel_for(std::size_t n, std::size_t threads, Work work) {
    run_on_threads(std::min(n, threads), [n, &work](std::size_t thread, std::size_t count) {
        for (std::size_t i = thread; i < n; i += count) work(i);
    });
}

}  // namespace polyagamma
