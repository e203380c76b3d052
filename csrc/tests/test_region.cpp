#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "parallel/parallel_for.hpp"
#include "parallel/region.hpp"

using namespace polyagamma;

TEST_CASE("the workers of a team share everything once, each its own neighbours on a thread of its own") {
    constexpr std::size_t kThings = 7;
    for (const std::size_t threads : {1u, 2u, 3u, 9u}) {
        std::vector<std::thread::id> owner(kThings), of_member(threads);
        std::vector<int> times(kThings);
        parallel_region(threads, [&](Worker& worker) {
            of_member[worker.index()] = std::this_thread::get_id();
            const Worker::Range own = worker.share(kThings);
            for (std::size_t i = own.begin; i < own.end; ++i) {
                owner[i] = std::this_thread::get_id();
                ++times[i];
            }
        });
        CHECK((of_member[0] == std::this_thread::get_id()));
        CHECK(std::set<std::thread::id>(of_member.begin(), of_member.end()).size() == threads);
        CHECK(std::set<std::thread::id>(owner.begin(), owner.end()).size() == std::min(threads, kThings));
        for (const int n : times) CHECK(n == 1);
    }
}

TEST_CASE("after a meeting the workers see what all have written before it") {
    constexpr std::size_t kThreads = 3, kMeetings = 2000;
    std::vector<std::size_t> written(kThreads), wrong(kThreads);
    parallel_region(kThreads, [&](Worker& worker) {
        for (std::size_t round = 1; round <= kMeetings; ++round) {
            written[worker.index()] = round;
            worker.barrier();
            for (const std::size_t value : written) wrong[worker.index()] += value != round;
            worker.barrier();
        }
    });
    for (const std::size_t count : wrong) CHECK(count == 0);
}

TEST_CASE("a worker that `parallel_region` has not made is alone") {
    Worker alone;
    alone.barrier();
    CHECK(alone.index() == 0);
    CHECK(alone.share(5).begin == 0);
    CHECK(alone.share(5).end == 5);
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
