#include "parallel/run_on_threads.hpp"

#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#ifdef __linux__
#include <pthread.h>
#include <sched.h>
#endif

namespace polyagamma {
namespace {

// Under Linux a new thread may have to wait on its parent's core, for milliseconds, although another one is
// idle (2.7 to 6 ms measured, Linux 6.18 on two cores). So it is sent to the others, and free again once it
// runs there.
#ifdef __linux__
class Elsewhere {
  public:
    Elsewhere() : known_(sched_getaffinity(0, sizeof allowed_, &allowed_) == 0) {}

    void send(std::thread& thread) const {
        const int here = sched_getcpu();
        if (!known_ || here < 0 || CPU_COUNT(&allowed_) < 2) return;
        cpu_set_t others = allowed_;
        CPU_CLR(static_cast<std::size_t>(here), &others);
        pthread_setaffinity_np(thread.native_handle(), sizeof others, &others);
    }
    // Called by the thread that was sent.
    void set_free() const {
        if (known_) sched_setaffinity(0, sizeof allowed_, &allowed_);
    }

  private:
    cpu_set_t allowed_;
    bool known_;
};
#else
struct Elsewhere {
    void send(std::thread&) const {}
    void set_free() const {}
};
#endif

}  // namespace

void run_on_threads(std::size_t threads, const std::function<void(std::size_t, std::size_t)>& work) {
    if (threads <= 1) return work(0, 1);
    const Elsewhere elsewhere;
    std::atomic<std::size_t> count{0};
    const auto begin = [&](std::size_t thread) {
        while (count == 0) std::this_thread::yield();
        elsewhere.set_free();
        work(thread, count);
    };
    std::vector<std::thread> others;
    try {
        while (others.size() + 1 < threads) {
            others.emplace_back(begin, others.size() + 1);
            elsewhere.send(others.back());
        }
    } catch (const std::exception&) {
        // No thread or memory left: those that there are do the work.
    }
    count = others.size() + 1;
    work(0, count);
    for (std::thread& other : others) other.join();
}

}  // namespace polyagamma
