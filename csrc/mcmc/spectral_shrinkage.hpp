#pragma once

#include <cstddef>

#include "linalg/aligned.hpp"
#include "linalg/blas.hpp"
#include "linalg/status.hpp"

namespace polyagamma {

// An estimate of a covariance from so many independent draws, in place of their second moments s (k, k),
// where most eigenvalues of it are nearly the same: those of s that noise alone would explain become their
// mean, the others lose what noise adds to them and to their vectors (Donoho, Gavish and Johnstone 2018,
// Annals of Statistics 46, 1742, eq. 1.7 and 1.10, Frobenius loss). `lost`: the share of s that is gone.
Status shrink_spectrum(const Blas& blas, Vector& s, std::size_t k, double draws, double& lost);

// Of an eigenvalue in units of the mean one, from k / draws; 1 where noise explains it.
double shrunk_eigenvalue(double eigenvalue, double ratio);

}  // namespace polyagamma
