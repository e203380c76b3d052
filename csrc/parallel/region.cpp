#include "parallel/region.hpp"

#include <thread>

#include "parallel/run_on_threads.hpp"

namespace polyagamma {
namespace {

// Wait for the other threads, which are microseconds away where every thread has a core of its own.
template <class Condition>
void wait_until(Condition condition) {
    constexpr int kSpins = 2000;
    for (int spin = 0; !condition(); ++spin) {
        if (spin >= kSpins) std::this_thread::yield();
    }
}

}  // namespace

Worker::Range Worker::share(std::size_t things) const {
    return {index_ * things / workers_, (index_ + 1) * things / workers_};
}

void Worker::barrier() {
    if (workers_ == 1) return;
    ++barriers_;
    (*arrivals_)[index_].count.store(barriers_, std::memory_order_release);
    for (std::size_t other = 0; other < workers_; ++other) {
        const std::atomic<std::size_t>& arrived = (*arrivals_)[other].count;
        wait_until([&] { return arrived.load(std::memory_order_acquire) >= barriers_; });
    }
}

void parallel_region(std::size_t threads, const std::function<void(Worker&)>& work) {
    std::vector<Worker::Arrivals> arrivals(threads);
    run_on_threads(threads, [&](std::size_t thread, std::size_t count) {
        Worker worker(arrivals, thread, count);
        work(worker);
    });
}

}  // namespace polyagamma
