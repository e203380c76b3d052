#include "gibbs/row_team.hpp"

#include <algorithm>
#include <system_error>

#include "kernels/model_kernels.hpp"
#include "linalg/panels.hpp"
#include "pg/sampler.hpp"

namespace polyagamma {
namespace {

constexpr std::size_t kMaxStrips = 16;
constexpr std::size_t kVectorUnitPanels = 4;  // those that the products take at once

// Wait for the other threads, which are microseconds away where every thread has a core of its own.
template <class Condition>
void wait_until(Condition condition) {
    constexpr int kSpins = 2000;
    for (int spin = 0; !condition(); ++spin) {
        if (spin >= kSpins) std::this_thread::yield();
    }
}

}  // namespace

RowStrips RowStrips::for_vectors(std::size_t rows) {
    constexpr std::size_t kRows = 512;
    std::size_t wanted = 1;  // a power of two, which two, four or eight threads share evenly
    while (2 * wanted * kRows <= rows) wanted *= 2;
    return {rows, wanted, kVectorUnitPanels};
}

RowStrips RowStrips::for_matrices(std::size_t rows, std::size_t k) {
    return {rows, std::min(rows / kBlock, rows / (16 * k)), kBlock / kPanelRows};
}

RowStrips::RowStrips(std::size_t rows, std::size_t wanted, std::size_t unit)
    : total_panels_(panels_for(rows)) {
    const std::size_t strips = std::clamp<std::size_t>(wanted, 1, kMaxStrips);
    const std::size_t units = (total_panels_ + unit - 1) / unit;
    panels_ = (units + strips - 1) / strips * unit;
    count_ = (total_panels_ + panels_ - 1) / panels_;
}

std::size_t RowStrips::panels(std::size_t strip) const {
    return std::min(panels_, total_panels_ - first_panel(strip));
}

void RowTeam::start() {
    stopping_ = false;
    const std::size_t round = round_;
    try {
        while (others_.size() + 1 < threads_) {
            others_.emplace_back(&RowTeam::serve, this, others_.size() + 1, round);
        }
    } catch (const std::system_error&) {  // the machine has no more threads: the team is smaller
    }
}

void RowTeam::stop() {
    stopping_ = true;
    ++round_;
    for (std::thread& other : others_) other.join();
    others_.clear();
}

void RowTeam::run(std::size_t strips, const std::function<void(std::size_t)>& work) {
    if (others_.empty()) {
        for (std::size_t s = 0; s < strips; ++s) work(s);
        return;
    }
    strips_ = strips;
    work_ = &work;
    busy_ = static_cast<unsigned>(others_.size());
    ++round_;
    share(0);
    wait_until([this] { return busy_ == 0; });
}

void RowTeam::run_chains(std::size_t chains, std::size_t k, const std::function<void(std::size_t)>& work) {
    constexpr std::size_t kFewest = 32;
    if (k >= kFewest) return run(chains, work);
    for (std::size_t c = 0; c < chains; ++c) work(c);
}

void RowTeam::serve(std::size_t member, std::size_t round) {
    for (;;) {
        wait_until([&] { return round_ != round; });
        ++round;
        if (stopping_) return;
        share(member);
        --busy_;
    }
}

// Neighbouring strips, the same in every pass: their rows stay in the cache of the thread's core.
void RowTeam::share(std::size_t member) const {
    const std::size_t members = others_.size() + 1;
    for (std::size_t s = member * strips_ / members; s < (member + 1) * strips_ / members; ++s) (*work_)(s);
}

}  // namespace polyagamma
