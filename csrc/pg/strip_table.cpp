#include "pg/strip_table.hpp"

#include "pg/strip_cutter.hpp"

namespace polyagamma {

namespace {

// The table, made in place (it never needs memory that might be lacking).
struct MadeTable : StripTable {
    MadeTable() {
        for_each_strip_cell([this](std::size_t i, double least, StripCutter& cutter) {
            cutter.cut((1.0 + kStripExcess[i]) * least);
            cutter.write(rows + i * kStrips, cells[i]);
        });
    }
};

}  // namespace

const StripTable& strip_table() {
    static const MadeTable table;
    return table;
}

}  // namespace polyagamma
