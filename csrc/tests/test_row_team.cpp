#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "gibbs/parallel.hpp"
#include "gibbs/row_team.hpp"

using namespace polyagamma;

TEST_CASE(
    "a team shares the strips of every pass among its threads, and its owner does them alone otherwise") {
    constexpr std::size_t kStrips = 7, kPasses = 200;
    std::vector<std::thread::id> owner(kStrips);
    std::vector<int> times(kStrips);
    const auto work = [&](std::size_t s) {
        owner[s] = std::this_thread::get_id();
        ++times[s];
    };
    RowTeam team(3);
    for (const std::size_t threads : {1u, 3u, 1u, 3u}) {
        if (threads > 1) team.start();
        std::fill(times.begin(), times.end(), 0);
        for (std::size_t pass = 0; pass < kPasses; ++pass) {
            team.run(kStrips, work);
            CHECK(std::set<std::thread::id>(owner.begin(), owner.end()).size() == threads);
            CHECK((owner[0] == std::this_thread::get_id()));
        }
        for (const int n : times) CHECK(n == kPasses);
        if (threads > 1) team.stop();
    }
}

TEST_CASE("parallel_for does every index once, on as many threads as are asked for") {
    constexpr std::size_t kItems = 11;
    for (const unsigned threads : {1u, 2u, 4u, 40u}) {
        std::vector<std::thread::id> owner(kItems);
        std::vector<int> times(kItems);
        parallel_for(kItems, threads, [&](std::size_t i) {
            owner[i] = std::this_thread::get_id();
            ++times[i];
        });
        for (const int n : times) CHECK(n == 1);
        CHECK((owner[0] == std::this_thread::get_id()));
        const std::size_t used = std::min<std::size_t>(threads, kItems);
        CHECK(std::set<std::thread::id>(owner.begin(), owner.end()).size() <= used);
        if (threads > 1) CHECK((owner[1] != owner[0]));
    }
}
