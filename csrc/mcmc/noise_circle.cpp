#include "mcmc/noise_circle.hpp"

#include <algorithm>
#include <cmath>

#include "simd/loops.hpp"

namespace polyagamma {
namespace {

constexpr double kTurn = 6.283185307179586;

void subtract(const Vector& from, Vector& x) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= from[i];
}

}  // namespace

Status NoiseCircle::draw(Term& term, Side side, const PseudoData& rows, const NoisePair& noise) {
    resize(term);
    const Term::Draw draws[] = {at_centre(),
                                {noise.second.data(), whitened_.second.data(), g_.second.data()},
                                {noise.first.data(), whitened_.first.data(), g_.first.data()}};
    const Status result = term.draw_each(side, rows, draws, 3);
    subtract_centre();
    return result;
}

Status NoiseCircle::draw(Term& term, Side side, const PseudoData& rows, const NoisePair& noise,
                         Latent at_first) {
    resize(term);
    whitened_.first = at_first.whitened;
    g_.first = at_first.g;
    const Term::Draw draws[] = {at_centre(),
                                {noise.second.data(), whitened_.second.data(), g_.second.data()}};
    const Status result = term.draw_each(side, rows, draws, 2);
    subtract_centre();
    return result;
}

void NoiseCircle::resize(const Term& term) {
    none_.resize(term.noise_size());
    for (Vector* x : {&whitened_.centre, &whitened_.first, &whitened_.second})
        x->resize(term.whitened_size());
    for (Vector* x : {&g_.centre, &g_.first, &g_.second}) x->resize(term.n_rows());
}

Term::Draw NoiseCircle::at_centre() {
    return {none_.data(), whitened_.centre.data(), g_.centre.data()};
}

void NoiseCircle::subtract_centre() {
    for (Ellipse* ellipse : {&whitened_, &g_}) {
        subtract(ellipse->centre, ellipse->first);
        subtract(ellipse->centre, ellipse->second);
    }
}

const NoiseCircle::Turns& NoiseCircle::turns() {
    static const Turns all = [] {
        Turns made;
        for (std::size_t point = 0; point < kCirclePoints; ++point) {
            const double angle = kTurn * static_cast<double>(point) / static_cast<double>(kCirclePoints);
            made[point] = {std::cos(angle), std::sin(angle)};
        }
        return made;
    }();
    return all;
}

void NoiseCircle::at_point(std::size_t point, const Ellipse& ellipse, Vector& out) {
    const auto [cosine, sine] = turns()[point];
    const EllipsePoint at{ellipse.centre.data(), ellipse.first.data(), ellipse.second.data(), cosine, sine};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = at[i];
}

// As a share of the largest.
double NoiseCircle::weight(std::size_t point) const {
    return std::exp(log_ratios_[point] - *std::max_element(log_ratios_.begin(), log_ratios_.end()));
}

double NoiseCircle::log_mean() const {
    double sum = 0.0;
    for (std::size_t point = 0; point < kCirclePoints; ++point) sum += weight(point);
    return *std::max_element(log_ratios_.begin(), log_ratios_.end()) +
           std::log(sum / static_cast<double>(kCirclePoints));
}

void NoiseCircle::choose(double uniform, Latent chosen) const {
    double rest = 0.0;
    for (std::size_t point = 0; point < kCirclePoints; ++point) rest += uniform * weight(point);
    std::size_t point = 0;
    while (point + 1 < kCirclePoints && rest >= weight(point)) rest -= weight(point++);
    at_point(point, whitened_, chosen.whitened);
    at_point(point, g_, chosen.g);
}

}  // namespace polyagamma
