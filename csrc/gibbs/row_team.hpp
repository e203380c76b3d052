#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace polyagamma {

// The rows of a matrix cut into strips, by its size alone: sums over rows are made strip by strip and then
// added in order, so that they are the same for any number of threads. Strips begin at multiples of kBlock
// rows. The k×k sums of all strips together stay small beside the matrix.
class RowStrips {
  public:
    RowStrips(std::size_t rows, std::size_t k);

    std::size_t count() const { return count_; }
    std::size_t first_panel(std::size_t strip) const { return strip * panels_; }
    std::size_t panels(std::size_t strip) const;

  private:
    std::size_t total_panels_, panels_, count_;
};

// Threads that share the strips of a pass. They wait in a loop between passes, which follow each other within
// microseconds, and exist only between start and stop.
class RowTeam {
  public:
    explicit RowTeam(unsigned threads) : threads_(threads) {}
    ~RowTeam() { stop(); }
    RowTeam(const RowTeam&) = delete;
    RowTeam& operator=(const RowTeam&) = delete;

    void start();
    void stop();
    // work(s) for s < strips, on the calling thread alone unless started. `work` must not throw.
    void run(std::size_t strips, const std::function<void(std::size_t)>& work);

  private:
    void serve(unsigned member, std::size_t round);
    void share(unsigned member) const;

    unsigned threads_;
    std::vector<std::thread> others_;
    const std::function<void(std::size_t)>* work_ = nullptr;
    std::size_t strips_ = 0;
    std::atomic<std::size_t> round_{0};
    std::atomic<unsigned> busy_{0};
    std::atomic<bool> stopping_{false};
};

}  // namespace polyagamma
