#pragma once

#include "kernels/model_kernels.hpp"

namespace polyagamma {

// The vector loops of one instruction-set level. Every level gives the same bits (see level.hpp).
struct Kernels {
    const char* level;
    ModelKernels model;
};

// The table in use: the best level of this processor, or the one that the environment variable
// POLYAGAMMA_LEVEL names (baseline, v3, v4), if the processor has it. Chosen once per process.
const Kernels& kernels();

}  // namespace polyagamma
