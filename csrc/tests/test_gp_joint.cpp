#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <vector>

#include "likelihood/softmax.hpp"
#include "mcmc/theta_targets.hpp"
#include "terms/full_process.hpp"
#include "terms/joint_low_rank.hpp"
#include "terms/joint_process.hpp"
#include "terms/joint_term.hpp"
#include "terms/low_rank_process.hpp"
#include "tests/reference_blas.hpp"

using namespace polyagamma;

namespace {

using Numbers = std::vector<double>;
constexpr std::size_t kN = 5, kK = 3, kAll = kN * kK;

double kernel(std::size_t i, std::size_t j, double theta) {
    const double distance = static_cast<double>(i) - static_cast<double>(j);
    return 3.0 * std::exp(-std::fabs(distance) * std::exp(-theta));
}
double feature(std::size_t i, std::size_t j, double theta) {
    return std::sin(static_cast<double>(i + 1) * (static_cast<double>(j) + std::exp(theta)));
}
double own_variance(std::size_t i, double theta) {
    return i == 2 ? 0.0 : 0.3 * std::exp(theta) * static_cast<double>(i + 1);
}

class Kernel final : public CovarianceFunction {
  public:
    Status evaluate(const double* theta, double* matrix) override {
        for (std::size_t i = 0; i < kN; ++i)
            for (std::size_t j = 0; j <= i; ++j) matrix[i * kN + j] = kernel(i, j, *theta);
        return {};
    }
};

template <std::size_t m>
class LowRank final : public FeatureFunction {
  public:
    Status evaluate(const double* theta, Features& features) override {
        for (std::size_t i = 0; i < kN; ++i) {
            for (std::size_t j = 0; j < m; ++j)
                features.matrix.panel(0)[j * kPanelRows + i] = feature(i, j, *theta);
            features.variance[i] = own_variance(i, *theta);
        }
        return {};
    }
};

struct Full {
    Kernel function;
    std::unique_ptr<FunctionTerm> make() {
        return std::make_unique<FullProcess>(kN, function, reference::blas());
    }
    static double prior(std::size_t i, std::size_t j, double theta) { return kernel(i, j, theta); }
};
template <std::size_t m>
struct Sparse {
    LowRank<m> function;
    std::unique_ptr<FunctionTerm> make() {
        return std::make_unique<LowRankProcess>(kN, m, function, reference::blas());
    }
    static double prior(std::size_t i, std::size_t j, double theta) {
        double sum = i == j ? own_variance(i, theta) : 0.0;
        for (std::size_t k = 0; k < m; ++k) sum += feature(i, k, theta) * feature(j, k, theta);
        return sum;
    }
};

using Few = Sparse<1>;   // all functions have fewer features together than rows
using Many = Sparse<2>;  // more

struct Data {
    Numbers d, b;
    Data() : d(kAll), b(kAll) {
        for (std::size_t i = 0; i < kN; ++i) {
            double sum = 0.0;
            for (std::size_t at = i; at < kAll; at += kN) {
                d[at] = std::exp(std::sin(2.0 * static_cast<double>(at)) - 0.5);
                b[at] = std::cos(3.0 * static_cast<double>(at));
                sum += b[at];
            }
            for (std::size_t at = i; at < kAll; at += kN) b[at] -= sum / static_cast<double>(kK);
        }
    }
    PseudoData rows() const { return {kAll, d.data(), b.data()}; }
    // W of rows i and j, functions k and l.
    double precision(std::size_t i, std::size_t k, std::size_t j, std::size_t l) const {
        if (i != j) return 0.0;
        double sum = 0.0;
        for (std::size_t at = i; at < kAll; at += kN) sum += d[at];
        return (k == l ? d[k * kN + i] : 0.0) - d[k * kN + i] * d[l * kN + i] / sum;
    }
};
const Data kData;
const Numbers kTheta{0.3, -0.8, 0.1}, kOther{0.3, 0.4, 0.1};

// Solves a x = b (n, columns) in place by Gauss elimination, row by row; returns log |a|.
double solve(Numbers a, std::size_t n, Numbers& b, std::size_t columns) {
    double log_det = 0.0;
    for (std::size_t k = 0; k < n; ++k) {
        const double pivot = a[k * n + k];
        log_det += std::log(pivot);
        for (std::size_t j = 0; j < columns; ++j) b[k * columns + j] /= pivot;
        for (std::size_t j = k; j < n; ++j) a[k * n + j] /= pivot;
        for (std::size_t i = 0; i < n; ++i) {
            const double factor = i == k ? 0.0 : a[i * n + k];
            for (std::size_t j = 0; j < columns; ++j) b[i * columns + j] -= factor * b[k * columns + j];
            for (std::size_t j = k; j < n; ++j) a[i * n + j] -= factor * a[k * n + j];
        }
    }
    return log_det;
}

// (I + K W) and what it leads to: Σ = (I + K W)⁻¹ K, mean Σ b, evidence ½ bᵀΣb - ½ log |I + K W|.
template <class Kind>
struct Dense {
    Numbers covariance, mean;
    double log_evidence;
    explicit Dense(const Numbers& theta) : covariance(kAll * kAll), mean(kAll) {
        Numbers a(kAll * kAll);
        const auto prior = [&](std::size_t p, std::size_t q) {
            return p / kN == q / kN ? Kind::prior(p % kN, q % kN, theta[p / kN]) : 0.0;
        };
        for (std::size_t p = 0; p < kAll; ++p)
            for (std::size_t q = 0; q < kAll; ++q) {
                covariance[p * kAll + q] = prior(p, q);
                a[p * kAll + q] = p == q ? 1.0 : 0.0;
                for (std::size_t r = 0; r < kAll; ++r)
                    a[p * kAll + q] += prior(p, r) * kData.precision(r % kN, r / kN, q % kN, q / kN);
            }
        log_evidence = -0.5 * solve(a, kAll, covariance, kAll);
        for (std::size_t p = 0; p < kAll; ++p) {
            for (std::size_t q = 0; q < kAll; ++q) mean[p] += covariance[p * kAll + q] * kData.b[q];
            log_evidence += 0.5 * mean[p] * kData.b[p];
        }
    }
};

template <class Kind>
struct Joint {
    Kind kind;
    std::unique_ptr<JointTerm> block;
    Joint() : block(make_joint_term(functions(kind), 1)) {}
    static std::vector<std::unique_ptr<FunctionTerm>> functions(Kind& kind) {
        std::vector<std::unique_ptr<FunctionTerm>> blocks;
        for (std::size_t k = 0; k < kK; ++k) blocks.push_back(kind.make());
        return blocks;
    }
    double condition(Side side, const Numbers& theta) {
        double evidence = 0.0;
        REQUIRE(block->load(side, theta.data()).ok());
        REQUIRE(block->condition(side, kData.rows(), evidence).ok());
        return evidence;
    }
    Numbers draw(Side side, const Numbers& noise, Numbers& whitened) {
        Numbers g(kAll);
        whitened.resize(block->whitened_size());
        REQUIRE(block->draw(side, kData.rows(), noise.data(), whitened.data(), g.data()).ok());
        return g;
    }
};

Numbers unit_vector(std::size_t size, std::size_t unit) {
    Numbers x(size);
    if (unit < size) x[unit] = 1.0;
    return x;
}

void check_equal(const Numbers& a, const Numbers& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i] == doctest::Approx(b[i]).epsilon(1e-9));
}

template <class Kind>
void check_draws(Joint<Kind>& joint, Side side, const Dense<Kind>& truth) {
    Numbers whitened, found(kAll * kAll);
    const std::size_t size = joint.block->noise_size();
    const Numbers mean = joint.draw(side, unit_vector(size, size), whitened);
    for (std::size_t unit = 0; unit < size; ++unit) {
        const Numbers g = joint.draw(side, unit_vector(size, unit), whitened);
        for (std::size_t p = 0; p < kAll; ++p)
            for (std::size_t q = 0; q < kAll; ++q) found[p * kAll + q] += (g[p] - mean[p]) * (g[q] - mean[q]);
    }
    check_equal(found, truth.covariance);
    check_equal(mean, truth.mean);
}

}  // namespace

TEST_CASE_TEMPLATE("all functions of a softmax are drawn with the mean and covariance of dense algebra", Kind,
                   Full, Few, Many) {
    Joint<Kind> joint;
    joint.condition(Side::current, kTheta);
    joint.condition(Side::proposed, kOther);
    check_draws(joint, Side::current, Dense<Kind>(kTheta));
    check_draws(joint, Side::proposed, Dense<Kind>(kOther));
    joint.block->swap_sides();
    check_draws(joint, Side::current, Dense<Kind>(kOther));
}

TEST_CASE_TEMPLATE("the evidence of all functions is that of dense algebra, up to what theta does not change",
                   Kind, Full, Few, Many) {
    Joint<Kind> joint;
    const double current = joint.condition(Side::current, kTheta);
    const double proposed = joint.condition(Side::proposed, kOther);
    CHECK(proposed - current ==
          doctest::Approx(Dense<Kind>(kOther).log_evidence - Dense<Kind>(kTheta).log_evidence).epsilon(1e-9));
    joint.block->swap_sides();
    joint.block->forget(kOther.data());
    double again;
    REQUIRE(joint.block->condition(Side::current, kData.rows(), again).ok());
    CHECK(again == doctest::Approx(proposed).epsilon(1e-12));
}

TEST_CASE_TEMPLATE("functions that exchange their parameters have each the other's", Kind, Full, Few, Many) {
    const Numbers exchanged{kTheta[1], kTheta[0], kTheta[2]};
    Joint<Kind> joint;
    const double current = joint.condition(Side::current, kTheta);
    const double proposed = joint.condition(Side::proposed, exchanged);
    const Dense<Kind> truth(exchanged);
    CHECK(proposed - current ==
          doctest::Approx(truth.log_evidence - Dense<Kind>(kTheta).log_evidence).epsilon(1e-9));
    check_draws(joint, Side::proposed, truth);
    check_draws(joint, Side::current, Dense<Kind>(kTheta));
    joint.block->swap_sides();
    check_draws(joint, Side::current, truth);
}

TEST_CASE_TEMPLATE("products with the joint covariance agree with dense algebra and with draws of nu", Kind,
                   Full, Few, Many) {
    Joint<Kind> joint;
    joint.condition(Side::current, kTheta);
    const Dense<Kind> truth(kTheta);
    Numbers h(kAll), nu(joint.block->whitened_size()), g(kAll), expected(kAll), mean_of_nu;
    for (std::size_t k = 0; k + 1 < kK; ++k) {
        for (std::size_t i = 0; i < kN; ++i) {
            std::fill(h.begin(), h.end(), 0.0);
            h[k * kN + i] = 1.0;
            h[(k + 1) * kN + i] = -1.0;
            REQUIRE(
                joint.block->covariance_product(Side::current, kData.rows(), h.data(), nu.data(), g.data())
                    .ok());
            for (std::size_t p = 0; p < kAll; ++p) {
                expected[p] = 0.0;
                for (std::size_t q = 0; q < kAll; ++q) expected[p] += truth.covariance[p * kAll + q] * h[q];
            }
            check_equal(g, expected);
            REQUIRE(joint.block->transform(Side::current, nu.data(), g.data()).ok());
            check_equal(g, expected);
        }
    }
    const std::size_t size = joint.block->noise_size();
    const Numbers mean = joint.draw(Side::current, unit_vector(size, size), mean_of_nu);
    REQUIRE(joint.block->covariance_product(Side::current, kData.rows(), kData.b.data(), nu.data(), g.data())
                .ok());
    check_equal(g, mean);
    check_equal(nu, mean_of_nu);
}

TEST_CASE_TEMPLATE("the noise of a draw of all functions can be drawn back", Kind, Full, Few, Many) {
    Joint<Kind> joint;
    joint.condition(Side::current, kTheta);
    const std::size_t size = joint.block->noise_size();
    // The noise found is an affine function of the noise that was (first) and of fresh noise (second).
    const auto found = [&](std::size_t first, std::size_t second) {
        Numbers whitened, again, noise = unit_vector(size, second);
        const Numbers g = joint.draw(Side::current, unit_vector(size, first), whitened);
        REQUIRE(joint.block->invert_draw(kData.rows(), whitened.data(), g.data(), noise.data()).ok());
        check_equal(joint.draw(Side::current, noise, again), g);
        check_equal(again, whitened);
        return noise;
    };
    const Numbers zero = found(size, size);
    Numbers covariance(size * size);
    for (std::size_t unit = 0; unit < 2 * size; ++unit) {
        const Numbers noise = unit < size ? found(unit, size) : found(size, unit - size);
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j)
                covariance[i * size + j] += (noise[i] - zero[i]) * (noise[j] - zero[j]);
    }
    for (std::size_t i = 0; i < size; ++i)  // standard normal again
        for (std::size_t j = 0; j < size; ++j)
            CHECK(covariance[i * size + j] == doctest::Approx(i == j ? 1.0 : 0.0).epsilon(1e-9));
}

namespace {

// More rows than are multiplied at a time, and more features of a function than are packed together.
constexpr std::size_t kManyRows = 163, kManyFeatures = 37;

class LargeLowRank final : public FeatureFunction {
  public:
    Status evaluate(const double* theta, Features& features) override {
        for (std::size_t i = 0; i < kManyRows; ++i) {
            for (std::size_t j = 0; j < kManyFeatures; ++j)
                features.matrix.panel(i / kPanelRows)[j * kPanelRows + i % kPanelRows] =
                    0.3 * feature(i, j, *theta);
            features.variance[i] = own_variance(i % 7, *theta);
        }
        return {};
    }
};

void check_alike(JointTerm& one, JointTerm& other, const PseudoData& rows) {
    const Numbers thetas[] = {kTheta, kOther, {kTheta[1], kTheta[0], kTheta[2]}};
    double evidence[2], start[2];
    Numbers nu(one.whitened_size()), g(rows.n), other_nu(nu.size()), other_g(rows.n);
    for (const Numbers& theta : thetas) {
        const Side side = &theta == thetas ? Side::current : Side::proposed;
        JointTerm* const terms[] = {&one, &other};
        for (std::size_t term = 0; term < 2; ++term) {
            REQUIRE(terms[term]->load(side, theta.data()).ok());
            REQUIRE(terms[term]->condition(side, rows, evidence[term]).ok());
            if (side == Side::current) start[term] = evidence[term];
        }
        CHECK(evidence[0] - start[0] == doctest::Approx(evidence[1] - start[1]).epsilon(1e-9));
        REQUIRE(one.covariance_product(side, rows, rows.linear, nu.data(), g.data()).ok());
        REQUIRE(other.covariance_product(side, rows, rows.linear, other_nu.data(), other_g.data()).ok());
        check_equal(nu, other_nu);
        check_equal(g, other_g);
    }
}

}  // namespace

TEST_CASE("many sparse functions of a softmax are conditioned as blocks of any kind are") {
    LargeLowRank function;
    const auto blocks = [&] {
        std::vector<std::unique_ptr<FunctionTerm>> all;
        for (std::size_t k = 0; k < kK; ++k)
            all.push_back(
                std::make_unique<LowRankProcess>(kManyRows, kManyFeatures, function, reference::blas()));
        return all;
    };
    Numbers d(kK * kManyRows), b(d.size());
    for (std::size_t i = 0; i < kManyRows; ++i)
        for (std::size_t k = 0, at = i; k < kK; ++k, at += kManyRows) {
            d[at] = std::exp(std::sin(2.0 * static_cast<double>(at)) - 0.5);
            b[at] = k == 0 ? 2.0 : -1.0;
        }
    JointLowRank joint(blocks(), 1, reference::blas());
    JointProcess any(blocks(), 1, reference::blas());
    check_alike(joint, any, {d.size(), d.data(), b.data()});
}

TEST_CASE("the excess of a softmax is its log-likelihood less its surrogate's, and so is its gradient") {
    const Numbers shape{1.0, 2.0, 1.0, 0.5, 1.0};
    Numbers kappa(kAll), offset(kAll), g(kAll), gradient(kAll), ignored(kAll);
    for (std::size_t at = 0; at < kAll; ++at) {
        kappa[at] = shape[at % kN] * ((at % kN) % kK == at / kN ? 0.5 : -0.5);
        offset[at] = 0.1 * static_cast<double>(at);
        g[at] = std::sin(static_cast<double>(at * at));
    }
    const SoftmaxRows rows{kN, kK, shape.data(), kappa.data(), offset.data()};
    SoftmaxSurrogate surrogate(kN, kK);
    for (int t = 0; t < 3; ++t) {
        surrogate.learn(rows, g.data());
        for (double& value : g) value = 0.7 - value;
    }
    SoftmaxExcess excess(rows, surrogate);
    double expected = 0.0;
    for (std::size_t i = 0; i < kN; ++i) {
        double sum = 0.0;
        for (std::size_t at = i; at < kAll; at += kN) sum += std::exp(offset[at] + g[at]);
        const std::size_t label = (i % kK) * kN + i;
        expected += shape[i] * (offset[label] + g[label] - std::log(sum));
    }
    CHECK(log_likelihood(rows, g.data()) == doctest::Approx(expected).epsilon(1e-12));
    const PseudoData pseudo = surrogate.rows();
    for (std::size_t i = 0; i < kN; ++i) {
        double d = 0.0, mean = 0.0;
        for (std::size_t at = i; at < kAll; at += kN) {
            d += pseudo.precision[at];
            mean += pseudo.precision[at] * g[at];
        }
        for (std::size_t at = i; at < kAll; at += kN) {
            expected -= pseudo.linear[at] * g[at] - 0.5 * pseudo.precision[at] * g[at] * (g[at] - mean / d);
        }
    }
    CHECK(excess.differentiate(g.data(), gradient.data()) == doctest::Approx(expected).epsilon(1e-10));
    Numbers scratch(kAll);
    const auto value = [&](const auto& at) { return excess.differentiate(at.data(), scratch.data()); };
    for (std::size_t at = 0; at < kAll; ++at) {
        constexpr double kStep = 1e-5;
        Numbers up(g), down(g);
        up[at] += kStep;
        down[at] -= kStep;
        const double slope = (value(up) - value(down)) / (2.0 * kStep);
        CHECK(gradient[at] == doctest::Approx(slope).epsilon(1e-6));
    }
    const Turn turns[] = {{1.0, 0.0}, {0.6, 0.8}, {-0.28, -0.96}};
    Vector first(kAll), second(kAll), centre(g.begin(), g.end());
    for (std::size_t at = 0; at < kAll; ++at) {
        first[at] = std::sin(2.0 * static_cast<double>(at));
        second[at] = 0.7 * std::cos(5.0 * static_cast<double>(at));
    }
    double found[3];
    excess.on_ellipse(centre, first, second, turns, 3, found);
    for (std::size_t j = 0; j < 3; ++j) {
        Vector there(centre);
        for (std::size_t at = 0; at < kAll; ++at)
            there[at] += turns[j].cosine * first[at] + turns[j].sine * second[at];
        CHECK(found[j] == doctest::Approx(value(there)).epsilon(1e-11));
    }
    for (std::size_t i = 0; i < kN; ++i) {  // blind to what functions have in common
        double sum = 0.0;
        for (std::size_t at = i; at < kAll; at += kN) sum += gradient[at];
        CHECK(std::fabs(sum) < 1e-12);
    }
}

namespace {

// log L/S that is far from constant, and finite.
double some_log_ratio(const double* g) {
    double sum = 0.0;
    for (std::size_t at = 0; at < kAll; ++at) sum += std::sin(3.0 * g[at]) - 0.1 * g[at] * g[at];
    return sum;
}

struct SomeRatio {
    void on_ellipse(const Vector& centre, const Vector& first, const Vector& second, const Turn* turns,
                    std::size_t count, double* values) const {
        for (std::size_t j = 0; j < count; ++j) {
            Vector g(centre);
            for (std::size_t at = 0; at < kAll; ++at)
                g[at] += turns[j].cosine * first[at] + turns[j].sine * second[at];
            values[j] = some_log_ratio(g.data());
        }
    }
};

Vector some_noise(std::size_t size, double frequency) {
    Vector noise(size);
    for (std::size_t i = 0; i < size; ++i) noise[i] = std::sin(frequency * static_cast<double>(i + 1));
    return noise;
}

// All points of a circle of noises, each by a draw of its own.
struct Points {
    std::vector<Numbers> whitened, g;
    Numbers weights;  // their sum is 1
    double log_mean;
    Points(Joint<Full>& joint, Side side, const NoisePair& noise)
        : whitened(kCirclePoints), g(kCirclePoints), weights(kCirclePoints) {
        double sum = 0.0;
        for (std::size_t point = 0; point < kCirclePoints; ++point) {
            const double angle = 8.0 * std::atan(1.0) * static_cast<double>(point) / kCirclePoints;
            Numbers turned(noise.first.size());
            for (std::size_t i = 0; i < turned.size(); ++i)
                turned[i] = std::cos(angle) * noise.first[i] + std::sin(angle) * noise.second[i];
            g[point] = joint.draw(side, turned, whitened[point]);
            sum += weights[point] = std::exp(some_log_ratio(g[point].data()));
        }
        for (double& weight : weights) weight /= sum;
        log_mean = std::log(sum / kCirclePoints);
    }
};

Numbers to_numbers(const Vector& x) {
    return Numbers(x.begin(), x.end());
}

}  // namespace

TEST_CASE(
    "kernel parameters are moved by the mean of a circle of noises, one of which is chosen by its ratio") {
    Joint<Full> joint;
    double log_evidence = joint.condition(Side::current, kTheta), value;
    const std::size_t size = joint.block->noise_size();
    const NoisePair noise{some_noise(size, 1.3), some_noise(size, 2.9)};
    const Points current(joint, Side::current, noise);
    Vector whitened(current.whitened[0].begin(), current.whitened[0].end());
    Vector g(current.g[0].begin(), current.g[0].end());
    Buffers<NoiseCircle> circles;
    const SomeRatio ratio;
    CircleTarget target(*joint.block, kData.rows(), ratio, noise, circles, log_evidence);
    REQUIRE(target.start({whitened, g}, value).ok());
    CHECK(value == doctest::Approx(log_evidence + current.log_mean).epsilon(1e-10));

    // Uniform numbers a little below and above the sums of weights tell of each weight.
    const auto check_choices = [&](const Points& points) {
        double sum = 0.0;
        for (std::size_t point = 0; point < kCirclePoints; ++point) {
            for (const double uniform : {sum + 1e-9, sum + points.weights[point] - 1e-9}) {
                target.choose(uniform, {whitened, g});
                check_equal(to_numbers(g), points.g[point]);
                check_equal(to_numbers(whitened), points.whitened[point]);
            }
            sum += points.weights[point];
        }
    };
    check_choices(current);
    const double proposed_evidence = joint.condition(Side::proposed, kOther);
    const Points proposed(joint, Side::proposed, noise);
    REQUIRE(target.log_density(Side::proposed, value).ok());
    CHECK(value == doctest::Approx(proposed_evidence + proposed.log_mean).epsilon(1e-10));
    check_choices(current);
    joint.block->swap_sides();
    target.accepted();
    CHECK(log_evidence == proposed_evidence);
    check_choices(proposed);
}
