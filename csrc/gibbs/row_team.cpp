#include "gibbs/row_team.hpp"

#include <algorithm>
#include <system_error>

#include "kernels/model_kernels.hpp"
#include "linalg/panels.hpp"
#include "pg/sampler.hpp"

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

RowStrips::RowStrips(std::size_t rows, std::size_t k) : total_panels_(panels_for(rows)) {
    constexpr std::size_t kMaxStrips = 16, kMinRows = 4096, kBlockPanels = kBlock / kPanelRows;
    const std::size_t wanted =
        std::clamp<std::size_t>(std::min(rows / kMinRows, rows / (32 * k)), 1, kMaxStrips);
    const std::size_t blocks = (total_panels_ + kBlockPanels - 1) / kBlockPanels;
    panels_ = (blocks + wanted - 1) / wanted * kBlockPanels;
    count_ = (total_panels_ + panels_ - 1) / panels_;
}

std::size_t RowStrips::panels(std::size_t strip) const {
    return std::min(panels_, total_panels_ - first_panel(strip));
}

void RowTeam::start() {
    stopping_ = false;
    const std::size_t round = round_;
    try {
        for (unsigned member = 1; member < threads_; ++member) {
            others_.emplace_back(&RowTeam::serve, this, member, round);
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
    strips_ = strips;
    work_ = &work;
    busy_ = static_cast<unsigned>(others_.size());
    ++round_;
    share(0);
    wait_until([this] { return busy_ == 0; });
}

void RowTeam::serve(unsigned member, std::size_t round) {
    for (;;) {
        wait_until([&] { return round_ != round; });
        ++round;
        if (stopping_) return;
        share(member);
        --busy_;
    }
}

// Every n-th strip.
void RowTeam::share(unsigned member) const {
    for (std::size_t s = member; s < strips_; s += others_.size() + 1) (*work_)(s);
}

}  // namespace polyagamma
