#pragma once

#include <cstddef>

namespace polyagamma {

// The Gaussian likelihood that Pólya-gamma variables make of the rows: precision and pseudo-data
// z = linear / precision, for the latent function less its mean.
struct PseudoData {
    std::size_t n;
    const double* precision;  // (n,) omega
    const double* linear;     // (n,) kappa - omega * offset
};

}  // namespace polyagamma
