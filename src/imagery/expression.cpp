#include "imagery/expression.hpp"

#include "imagery/vector_clones.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace landfall::imagery {
namespace {

using Operation = Expression::Operation;

constexpr std::size_t kBlock = 1024; ///< values a step handles at once: all registers in use stay in the L2 cache
constexpr float kNoData = std::numeric_limits<float>::quiet_NaN();

float finite(float value) {
    return std::isfinite(value) ? value : kNoData;
}
float truth(float a, float b, bool value) {
    return a != a || b != b ? kNoData : (value ? 1.0F : 0.0F);
}

template<typename Function>
inline __attribute__((always_inline)) void each(std::size_t count, float* out, Function function) {
    for (std::size_t i = 0; i < count; ++i)
        out[i] = function(i);
}

LANDFALL_VECTOR_CLONES void arithmetic(Operation operation, std::size_t n, float* out, const float* a, const float* b) {
    switch (operation) {
    case Operation::Add:
        return each(n, out, [=](std::size_t i) { return a[i] + b[i]; });
    case Operation::Subtract:
        return each(n, out, [=](std::size_t i) { return a[i] - b[i]; });
    case Operation::Multiply:
        return each(n, out, [=](std::size_t i) { return a[i] * b[i]; });
    case Operation::Divide:
        return each(n, out, [=](std::size_t i) { return b[i] == 0 ? kNoData : a[i] / b[i]; });
    case Operation::Min:
        return each(n, out, [=](std::size_t i) {
            const float least = a[i] < b[i] ? a[i] : b[i];
            return a[i] != a[i] ? a[i] : least;
        });
    case Operation::Max:
        return each(n, out, [=](std::size_t i) {
            const float most = a[i] > b[i] ? a[i] : b[i];
            return a[i] != a[i] ? a[i] : most;
        });
    default:
        return;
    }
}

LANDFALL_VECTOR_CLONES void compare(Operation operation, std::size_t n, float* out, const float* a, const float* b) {
    switch (operation) {
    case Operation::Less:
        return each(n, out, [=](std::size_t i) { return truth(a[i], b[i], a[i] < b[i]); });
    case Operation::LessEqual:
        return each(n, out, [=](std::size_t i) { return truth(a[i], b[i], a[i] <= b[i]); });
    case Operation::Greater:
        return each(n, out, [=](std::size_t i) { return truth(a[i], b[i], a[i] > b[i]); });
    case Operation::GreaterEqual:
        return each(n, out, [=](std::size_t i) { return truth(a[i], b[i], a[i] >= b[i]); });
    case Operation::Equal:
        return each(n, out, [=](std::size_t i) { return truth(a[i], b[i], a[i] == b[i]); });
    case Operation::NotEqual:
        return each(n, out, [=](std::size_t i) { return truth(a[i], b[i], a[i] != b[i]); });
    default:
        return;
    }
}

void transcendental(Operation operation, std::size_t n, float* out, const float* a, const float* b) {
    switch (operation) {
    case Operation::Sqrt:
        return each(n, out, [=](std::size_t i) { return finite(std::sqrt(a[i])); });
    case Operation::Exp:
        return each(n, out, [=](std::size_t i) { return finite(std::exp(a[i])); });
    case Operation::Log:
        return each(n, out, [=](std::size_t i) { return finite(std::log(a[i])); });
    case Operation::Log10:
        return each(n, out, [=](std::size_t i) { return finite(std::log10(a[i])); });
    case Operation::Power:
        return each(n, out, [=](std::size_t i) {
            return a[i] != a[i] || b[i] != b[i] ? kNoData : finite(std::pow(a[i], b[i]));
        });
    default:
        return;
    }
}

LANDFALL_VECTOR_CLONES void unary(Operation operation, std::size_t n, float* out, const float* a) {
    switch (operation) {
    case Operation::Negate:
        return each(n, out, [=](std::size_t i) { return -a[i]; });
    case Operation::Abs:
        return each(n, out, [=](std::size_t i) { return std::fabs(a[i]); });
    case Operation::Copy:
        return each(n, out, [=](std::size_t i) { return finite(a[i]); });
    default:
        return;
    }
}

struct Inputs {
    const float *a, *b, *c;
};

void apply(Operation operation, std::size_t n, float* out, const Inputs& in) {
    if (operation == Operation::Where)
        return each(n, out,
                    [=](std::size_t i) { return in.a[i] != in.a[i] ? kNoData : (in.a[i] != 0 ? in.b[i] : in.c[i]); });
    if (operation == Operation::Negate || operation == Operation::Abs || operation == Operation::Copy)
        return unary(operation, n, out, in.a);
    if (operation >= Operation::Less && operation <= Operation::NotEqual)
        return compare(operation, n, out, in.a, in.b);
    if ((operation >= Operation::Sqrt && operation <= Operation::Log10) || operation == Operation::Power)
        return transcendental(operation, n, out, in.a, in.b);
    arithmetic(operation, n, out, in.a, in.b);
}

} // namespace

void Expression::run(std::span<const float* const> planes, std::span<float> out) const {
    std::vector<float> registers(static_cast<std::size_t>(registers_) * kBlock);
    std::vector<float> constants(constants_.size() * kBlock);
    for (std::size_t i = 0; i < constants_.size(); ++i)
        std::fill_n(constants.begin() + static_cast<std::ptrdiff_t>(i * kBlock), kBlock, constants_[i]);
    for (std::size_t start = 0; start < out.size(); start += kBlock) {
        const std::size_t count = std::min(kBlock, out.size() - start);
        const auto place = [&](const Operand& operand) -> const float* {
            const auto index = static_cast<std::size_t>(operand.index);
            if (operand.place == Place::Band)
                return planes[index] + start;
            return (operand.place == Place::Constant ? constants.data() : registers.data()) + index * kBlock;
        };
        for (const Step& step : steps_)
            apply(step.operation, count, registers.data() + static_cast<std::size_t>(step.target) * kBlock,
                  {place(step.a), place(step.b), place(step.c)});
        std::copy_n(registers.begin(), count, out.begin() + static_cast<std::ptrdiff_t>(start));
    }
}

} // namespace landfall::imagery
