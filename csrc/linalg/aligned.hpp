#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

namespace polyagamma {

// Memory on cache-line boundaries, as the vector loops like it. It is a little more than asked for of the
// plain allocator, whose address stands before it: aligned allocators don't keep freed blocks at hand, and
// take several times as long for short vectors.
template <class T>
struct CacheLineAllocator {
    using value_type = T;
    static constexpr std::size_t kAlignment = 64;

    CacheLineAllocator() = default;
    template <class U>
    CacheLineAllocator(const CacheLineAllocator<U>&) {}

    T* allocate(std::size_t n) {
        if (n > (SIZE_MAX - kAlignment) / sizeof(T)) throw std::bad_array_new_length();
        char* base = static_cast<char*>(::operator new(n * sizeof(T) + kAlignment));
        char* aligned = base + kAlignment - reinterpret_cast<std::uintptr_t>(base) % kAlignment;
        std::memcpy(aligned - sizeof base, &base, sizeof base);
        return reinterpret_cast<T*>(aligned);
    }
    void deallocate(T* p, std::size_t) {
        char* base;
        std::memcpy(&base, reinterpret_cast<char*>(p) - sizeof base, sizeof base);
        ::operator delete(base);
    }
};

template <class T, class U>
bool operator==(const CacheLineAllocator<T>&, const CacheLineAllocator<U>&) {
    return true;
}
template <class T, class U>
bool operator!=(const CacheLineAllocator<T>&, const CacheLineAllocator<U>&) {
    return false;
}

using Vector = std::vector<double, CacheLineAllocator<double>>;

}  // namespace polyagamma
