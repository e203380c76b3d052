#include <doctest/doctest.h>

#include "linalg/panels.hpp"
#include "pg/sampler.hpp"
#include "terms/row_partition.hpp"

using namespace polyagamma;

TEST_CASE("strips follow each other, are even, and have all panels") {
    for (const std::size_t rows : {1u, 8u, 1000u, 2048u, 10000u, 100003u, 1000000u}) {
        for (const RowPartition& strips :
             {RowPartition::for_vectors(rows), RowPartition::for_matrices(rows, 5)}) {
            CHECK(strips.first_panel(0) == 0);
            CHECK(strips.first_panel(strips.count()) == panels_for(rows));
            const std::size_t even = panels_for(rows) / strips.count();
            for (std::size_t s = 0; s < strips.count(); ++s) {
                const std::size_t panels = strips.first_panel(s + 1) - strips.first_panel(s);
                CHECK(panels <= even + kBlock / kPanelRows);
                CHECK(panels + kBlock / kPanelRows >= even);
            }
        }
        const RowPartition strips = RowPartition::for_matrices(rows, 5);
        for (std::size_t s = 0; s < strips.count(); ++s)
            CHECK(strips.first_panel(s) * kPanelRows % kBlock == 0);
    }
}
