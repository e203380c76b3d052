#pragma once

#include <cstddef>

namespace polyagamma {

// Where the values of each chain and draw go; a null pointer where they are not wanted.
struct OutputArray {
    double* data = nullptr;
    std::ptrdiff_t chain_step = 0;
    std::ptrdiff_t draw_step = 0;

    explicit operator bool() const { return data != nullptr; }
    double* at(std::size_t chain, std::size_t draw) const {
        return data + static_cast<std::ptrdiff_t>(chain) * chain_step +
               static_cast<std::ptrdiff_t>(draw) * draw_step;
    }
    OutputArray from(std::size_t draw) const {
        return {data == nullptr ? nullptr : at(0, draw), chain_step, draw_step};
    }
};

struct Output {
    OutputArray beta;             // the coefficients, contiguous
    OutputArray lp;               // log posterior: log-likelihood − ½ (β−m₀)ᵀΛ(β−m₀)
    OutputArray acceptance_rate;  // mean over the trajectories of the sweep; NaN if it had none
    OutputArray energy;           // after the last trajectory; NaN likewise

    Output from(std::size_t draw) const {
        return {beta.from(draw), lp.from(draw), acceptance_rate.from(draw), energy.from(draw)};
    }
};

}  // namespace polyagamma
