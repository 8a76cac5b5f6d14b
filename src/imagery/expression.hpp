#pragma once
/// Band math (`geopera.md` section 11): a small grammar compiled once to an array program. Pure, no GDAL.

#include "imagery/band_names.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace landfall::imagery {

/// A compiled formula. Immutable and thread-safe.
///
///     comparison := sum {(< <= > >= == !=) sum}      1 or 0
///     sum        := product {(+ -) product}
///     product    := signed {(* /) signed}
///     signed     := (+ -) signed | power
///     power      := atom [** signed]                 right-associative, binds tighter than the sign
///     atom       := number | band | function(arguments) | (comparison)
///
/// Functions: abs sqrt exp log log10 (1 argument), min max (2 or more), where(condition, a, b), clip(value, low, high).
/// Values are float32. Division by zero and every non-finite result are nodata (NaN), and nodata in a used value is
/// nodata in the result. Values are what the caller passes: physical ones (scale and offset applied) for tiles.
class Expression {
public:
    static constexpr std::size_t kMaxLength = 1000;
    static constexpr int kMaxDepth = 50;

    /// InvalidArgument with the position and, for an unknown name, the known bands.
    static Result<Expression> compile(std::string_view text, const BandNames& names);

    /// The 1-based bands it uses, ascending: the order of `planes` in `run`. At least one.
    const std::vector<int>& bands() const { return bands_; }

    /// The formula as it was written: equal text means an equal program for one file.
    const std::string& fingerprint() const { return text_; }

    /// Evaluates element by element: `planes[i]` points to as many values of `bands()[i]` as `out` has. `out` may not
    /// overlap a plane.
    void run(std::span<const float* const> planes, std::span<float> out) const;

    enum class Operation : std::uint8_t {
        Negate,
        Abs,
        Sqrt,
        Exp,
        Log,
        Log10,
        Add,
        Subtract,
        Multiply,
        Divide,
        Power,
        Min,
        Max,
        Less,
        LessEqual,
        Greater,
        GreaterEqual,
        Equal,
        NotEqual,
        Where,
        Copy,
    };
    enum class Place : std::uint8_t { Register, Band, Constant };
    struct Operand {
        Place place = Place::Register;
        int index = 0; ///< register, position in `bands()`, or position in the constants
    };
    struct Step {
        Operation operation = Operation::Copy;
        int target = 0; ///< register
        Operand a, b, c;
    };

private:
    friend class ExpressionCompiler;
    std::string text_;
    std::vector<int> bands_;
    std::vector<float> constants_;
    std::vector<Step> steps_;
    int registers_ = 1;
};

} // namespace landfall::imagery
