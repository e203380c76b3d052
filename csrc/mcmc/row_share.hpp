#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "linalg/aligned.hpp"
#include "pg/sampler.hpp"
#include "terms/gradient_pass.hpp"
#include "terms/linear_model.hpp"
#include "terms/row_partition.hpp"
#include "terms/whitening.hpp"

namespace polyagamma {

// How the rows of a model with k coefficients can be shared out: units of whole strips, of all partitions
// that sums are made by. A share has some consecutive units, and a few rows besides where the partitions do
// not begin or end with the same row.
class RowUnits {
  public:
    RowUnits(std::size_t rows, std::size_t k, std::size_t predictors = 1);

    struct Range {
        std::size_t begin, end;
    };

    std::size_t count() const { return count_; }
    // Whether a strip of curvatures goes through all shares, each of which adds its rows to the sum of those
    // before.
    bool chained() const { return predictors_ > 1 || curvature_.count() == 1; }
    // Rows of units [begin, end); the first is a multiple of kBlock.
    Range rows(std::size_t begin, std::size_t end) const;
    // The strips of units [begin, end), for rows that begin with row `first`.
    RowPartition vectors(std::size_t begin, std::size_t end, std::size_t first) const;
    RowPartition matrices(std::size_t begin, std::size_t end, std::size_t first) const;
    RowPartition curvature(std::size_t begin, std::size_t end, std::size_t first) const;
    // All rows of units [begin, end) as one strip, which sums through all rows go through.
    RowPartition joined(std::size_t begin, std::size_t end, std::size_t first) const;

  private:
    RowPartition part(const RowPartition& all, std::size_t begin, std::size_t end, std::size_t first) const;

    std::size_t n_, predictors_;
    RowPartition vectors_, matrices_, curvature_;
    std::size_t count_;
};

// The rows of a share, where they are: what DistantRows asks is answered by them in parts.
class RowShare {
  public:
    // `model`: of the rows of the share alone, whose prior plays no part.
    RowShare(const LinearModel& model, const RowUnits& units, std::size_t begin, std::size_t end);

    std::size_t size() const { return whitening_.size(); }
    std::size_t strips_of_vectors() const { return vectors_.count(); }
    std::size_t strips_of_matrices() const { return matrices_.count(); }
    std::size_t strips_of_curvature() const { return curvature_.count(); }

    // See DistantRows; u (chains, k), extras (chains, extras).
    void assign(const double* centre, const double* basis) { whitening_.assign(model_, centre, basis); }
    // What it has of the rows, in the present coordinates, to be kept.
    const Whitening& rows() const { return whitening_; }
    Vector gradients(const double* u, std::size_t chains, const Vector& extras, bool values) const;
    Vector augmented(const double* u, std::size_t chains, const Vector& extras, std::size_t predictor,
                     const std::vector<FillKey>& keys, bool values) const;
    // Of each strip; `before`: see strip_curvatures.
    Vector curvatures(const double* u, std::size_t points, const Vector& extras, const double* before) const;
    std::size_t curvature_size(std::size_t points) const;
    // `before` and what the rows add to it.
    Vector extra_sums(const double* u, const Vector& extras, const Vector& before) const;

  private:
    // The likelihood at the extras of each point; the model's own without extras.
    struct Known {
        Known(const Likelihood& own, const Vector& extras, std::size_t points);
        const Likelihood* at(std::size_t point) const { return all[point]; }

        std::vector<std::unique_ptr<Likelihood>> copies;
        std::vector<const Likelihood*> all;
    };

    const LinearModel& model_;
    Whitening whitening_;
    ChainPosterior posterior_;
    RowPartition vectors_, matrices_, curvature_, joined_;
    std::size_t first_block_;
};

}  // namespace polyagamma
