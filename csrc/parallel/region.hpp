#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <vector>

namespace polyagamma {

// One of the threads that run the same work at once. One alone unless `parallel_region` has made it.
class Worker {
  public:
    struct Range {
        std::size_t begin, end;
    };

    Worker() = default;

    std::size_t index() const { return index_; }
    // Its own of so many things: neighbours, the same in every pass, so that what belongs to them stays in
    // the cache of the thread's core.
    Range share(std::size_t things) const;
    // Waits until all workers are here: what they wrote before, all may read after.
    void barrier();

  private:
    // How often a worker has come to a meeting; on a cache line that nobody else writes.
    struct alignas(64) Arrivals {
        std::atomic<std::size_t> count{0};
    };
    friend void parallel_region(std::size_t threads, const std::function<void(Worker&)>& work);
    Worker(std::vector<Arrivals>& arrivals, std::size_t index, std::size_t workers)
        : arrivals_(&arrivals), index_(index), workers_(workers) {}

    std::vector<Arrivals>* arrivals_ = nullptr;
    std::size_t index_ = 0, workers_ = 1, barriers_ = 0;
};

// work(worker) on so many threads, of which the caller's is the first; on fewer where the machine has no
// more. The workers wait for each other in a loop: their meetings should be microseconds apart. `work` must
// not throw.
void parallel_region(std::size_t threads, const std::function<void(Worker&)>& work);

}  // namespace polyagamma
