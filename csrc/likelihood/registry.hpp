#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "linalg/aligned.hpp"

namespace polyagamma {

// The types of likelihood, or of prior, by name. Each registers itself in its own source file, so that adding
// one touches no list:
//     const Registry<Likelihood>::Entry kEntry("name", {"array", …}, make, {"setting", …});
template <class Type>
class Registry {
  public:
    // Makes one for so many rows or coefficients from the arrays that it asked for, in that order; null if
    // their sizes do not fit.
    using Make = std::function<std::unique_ptr<Type>(std::size_t size, const std::vector<Vector>& arrays)>;
    struct Kind {
        std::vector<std::string> arrays;    // with an entry for each row or coefficient
        std::vector<std::string> settings;  // of any size; they follow the arrays
        Make make;
    };
    struct Entry {
        Entry(const std::string& name, std::vector<std::string> arrays, Make make,
              std::vector<std::string> settings = {}) {
            kinds().emplace(name, Kind{std::move(arrays), std::move(settings), std::move(make)});
        }
    };

    // Null if there is no type of that name.
    static const Kind* find(const std::string& name) {
        const auto found = kinds().find(name);
        return found == kinds().end() ? nullptr : &found->second;
    }

  private:
    static std::map<std::string, Kind>& kinds() {
        static std::map<std::string, Kind> all;
        return all;
    }
};

}  // namespace polyagamma
