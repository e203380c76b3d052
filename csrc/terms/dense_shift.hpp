#pragma once

#include <vector>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/factorizer.hpp"
#include "linalg/status.hpp"
#include "terms/buffers.hpp"
#include "terms/shared_shift.hpp"

namespace polyagamma {

// The shift that processes have in common, full ones or with as many features as rows (Rasmussen and Williams
// 2006, algorithm 3.3). Memory: two n x n matrices, and two in each block.
class DenseShift final : public SharedShift {
  public:
    DenseShift(const std::vector<FunctionTerm*>& blocks, const Blas& blas);

    void update(std::size_t k, Side side, const PseudoData& rows) override {
        blocks_[k]->find_data_precision(side, rows);
    }
    Status factor(Side side, const std::vector<Side>& sides, const double* d, double& log_det) override;
    void swap_sides() override { factors_.swap(); }
    void solve(Side side, double* x) override;
    std::size_t noise_size() const override { return n_; }
    void draw(Side side, const double* noise, double* shift) override;
    void invert_draw(Side side, const double* shift, double* noise) override;

  private:
    std::vector<FunctionTerm*> blocks_;
    std::size_t n_;
    const Blas* blas_;
    Factorizer factorizer_;
    Buffers<Vector> factors_;  // C
};

}  // namespace polyagamma
