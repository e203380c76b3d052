#include <doctest/doctest.h>

#include <set>
#include <thread>
#include <vector>

#include "parallel/run_on_threads.hpp"

#ifdef __linux__
#include <sched.h>
#endif

using namespace polyagamma;

TEST_CASE("each number is done once, on a thread of its own, the first on the caller's") {
    for (const std::size_t threads : {0u, 1u, 2u, 5u}) {
        const std::size_t expected = threads == 0 ? 1 : threads;
        std::vector<std::thread::id> owner(expected);
        std::vector<std::size_t> counts(expected);
        run_on_threads(threads, [&](std::size_t thread, std::size_t count) {
            owner.at(thread) = std::this_thread::get_id();
            counts.at(thread) += count;
        });
        CHECK(counts == std::vector<std::size_t>(expected, expected));
        CHECK((owner[0] == std::this_thread::get_id()));
        CHECK(std::set<std::thread::id>(owner.begin(), owner.end()).size() == expected);
    }
}

#ifdef __linux__
namespace {

std::vector<int> allowed_cores() {
    cpu_set_t set;
    REQUIRE(sched_getaffinity(0, sizeof set, &set) == 0);
    std::vector<int> cores;
    for (int core = 0; core < CPU_SETSIZE; ++core)
        if (CPU_ISSET(static_cast<std::size_t>(core), &set)) cores.push_back(core);
    return cores;
}

}  // namespace

TEST_CASE("every thread may run wherever the caller may, on one core as on all") {
    cpu_set_t all, one;
    const std::vector<int> cores = allowed_cores();
    REQUIRE(sched_getaffinity(0, sizeof all, &all) == 0);
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(cores.front()), &one);
    for (const cpu_set_t& set : {all, one}) {
        REQUIRE(sched_setaffinity(0, sizeof set, &set) == 0);
        const std::vector<int> expected = allowed_cores();
        std::vector<std::vector<int>> found(4);
        run_on_threads(4, [&](std::size_t thread, std::size_t) { found[thread] = allowed_cores(); });
        for (const std::vector<int>& allowed : found) CHECK(allowed == expected);
    }
    REQUIRE(sched_setaffinity(0, sizeof all, &all) == 0);
}
#endif
