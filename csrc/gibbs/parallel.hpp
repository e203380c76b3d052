#pragma once

#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

namespace polyagamma {

// work(i) for i < n on up to `threads` threads; thread t does the i with i mod threads = t. Where the machine
// has no more threads the caller's does their share. `work` must not throw.
template <class Work>
void parallel_for(std::size_t n, unsigned threads, Work work) {
    const std::size_t used = n < threads ? n : threads;
    const auto share = [n, used, &work](std::size_t t) {
        for (std::size_t i = t; i < n; i += used) work(i);
    };
    std::vector<std::thread> others;
    try {
        while (others.size() + 1 < used) others.emplace_back(share, others.size() + 1);
    } catch (const std::system_error&) {
    }
    for (std::size_t t = others.size() + 1; t < used; ++t) share(t);
    if (used > 0) share(0);
    for (std::thread& other : others) other.join();
}

}  // namespace polyagamma
