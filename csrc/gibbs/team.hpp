#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <vector>

namespace polyagamma {

// One of the threads that run the same work at once. One alone unless `together` has made it.
class Member {
  public:
    struct Range {
        std::size_t begin, end;
    };

    Member() = default;

    std::size_t index() const { return index_; }
    // Its own of so many things: neighbours, the same in every pass, so that what belongs to them stays in
    // the cache of the thread's core.
    Range share(std::size_t things) const;
    // Waits until all members are here: what they wrote before, all may read after.
    void meet();

  private:
    // How often a member has come to a meeting; on a cache line that nobody else writes.
    struct alignas(64) Arrivals {
        std::atomic<std::size_t> count{0};
    };
    friend void together(std::size_t threads, const std::function<void(Member&)>& work);
    Member(std::vector<Arrivals>& arrivals, std::size_t index, std::size_t members)
        : arrivals_(&arrivals), index_(index), members_(members) {}

    std::vector<Arrivals>* arrivals_ = nullptr;
    std::size_t index_ = 0, members_ = 1, meetings_ = 0;
};

// work(member) on so many threads, of which the caller's is the first; on fewer where the machine has no
// more. The members wait for each other in a loop: their meetings should be microseconds apart. `work` must
// not throw.
void together(std::size_t threads, const std::function<void(Member&)>& work);

}  // namespace polyagamma
