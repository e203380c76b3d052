#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace polyagamma {

// What a sampler tells of each draw: a name, and how many numbers; 0 for one number, without a dimension.
struct OutputShape {
    std::string name;
    std::size_t size;
};

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
};

// The arrays for some sweeps, by name.
class Outputs {
  public:
    void add(const std::string& name, const OutputArray& array) { arrays_[name] = array; }

    OutputArray operator[](const std::string& name) const {
        const auto found = arrays_.find(name);
        return found == arrays_.end() ? OutputArray{} : found->second;
    }
    // Those for the sweeps from `draw` on.
    Outputs from(std::size_t draw) const {
        Outputs rest;
        for (const auto& [name, array] : arrays_)
            rest.add(name, {array.at(0, draw), array.chain_step, array.draw_step});
        return rest;
    }

  private:
    std::map<std::string, OutputArray> arrays_;
};

}  // namespace polyagamma
