#include "gibbs/team.hpp"

#include <thread>

#include "threads/run_on_threads.hpp"

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

Member::Range Member::share(std::size_t things) const {
    return {index_ * things / members_, (index_ + 1) * things / members_};
}

void Member::meet() {
    if (members_ == 1) return;
    ++meetings_;
    (*arrivals_)[index_].count.store(meetings_, std::memory_order_release);
    for (std::size_t other = 0; other < members_; ++other) {
        const std::atomic<std::size_t>& arrived = (*arrivals_)[other].count;
        wait_until([&] { return arrived.load(std::memory_order_acquire) >= meetings_; });
    }
}

void together(std::size_t threads, const std::function<void(Member&)>& work) {
    std::vector<Member::Arrivals> arrivals(threads);
    run_on_threads(threads, [&](std::size_t thread, std::size_t count) {
        Member member(arrivals, thread, count);
        work(member);
    });
}

}  // namespace polyagamma
