#pragma once

#include "linalg/blas.hpp"

// The routines of Blas as plain loops, straight from their definitions, so that the core can be tested
// without Python.
namespace reference {

const polyagamma::Blas& blas();

}  // namespace reference
