#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace polyagamma {

// The rows of a matrix cut into strips, by its size alone: sums over rows are made strip by strip and then
// added in order, so that they are the same for any number of threads.
class RowStrips {
  public:
    // For sums of a few vectors.
    static RowStrips for_vectors(std::size_t rows);
    // For sums of k×k matrices, which are kept small beside the data, and Pólya-gamma variates: strips begin
    // at multiples of kBlock rows.
    static RowStrips for_matrices(std::size_t rows, std::size_t k);

    std::size_t count() const { return count_; }
    std::size_t first_panel(std::size_t strip) const { return strip * panels_; }
    std::size_t panels(std::size_t strip) const;

  private:
    // At most `wanted` strips, each but the last a multiple of `unit` panels.
    RowStrips(std::size_t rows, std::size_t wanted, std::size_t unit);

    std::size_t total_panels_, panels_, count_;
};

// Threads that share the strips of a pass. They wait in a loop between passes, which follow each other within
// microseconds, and exist only between start and stop. The counters have cache lines of their own, for other
// teams' sake.
class alignas(64) RowTeam {
  public:
    explicit RowTeam(unsigned threads) : threads_(threads) {}
    ~RowTeam() { stop(); }
    RowTeam(const RowTeam&) = delete;
    RowTeam& operator=(const RowTeam&) = delete;

    void start();
    void stop();
    // work(s) for s < strips, on the calling thread alone unless started. `work` must not throw.
    void run(std::size_t strips, const std::function<void(std::size_t)>& work);
    // The same with k×k products for each of the chains: on the calling thread alone where they take less
    // time than waking the others.
    void run_chains(std::size_t chains, std::size_t k, const std::function<void(std::size_t)>& work);

  private:
    void serve(std::size_t member, std::size_t round);
    void share(std::size_t member) const;

    unsigned threads_;
    std::vector<std::thread> others_;
    const std::function<void(std::size_t)>* work_ = nullptr;
    std::size_t strips_ = 0;
    std::atomic<std::size_t> round_{0};
    std::atomic<unsigned> busy_{0};
    std::atomic<bool> stopping_{false};
};

}  // namespace polyagamma
