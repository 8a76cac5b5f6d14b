#include "core/text.hpp"
#include "imagery/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace landfall::imagery {
namespace {

using Operation = Expression::Operation;

struct Function {
    std::string_view name;
    std::size_t least, most; ///< arguments
    Operation operation;
};

constexpr std::size_t kMaxArguments = 32;
constexpr Function kFunctions[] = {
    {"abs", 1, 1, Operation::Abs},
    {"sqrt", 1, 1, Operation::Sqrt},
    {"exp", 1, 1, Operation::Exp},
    {"log", 1, 1, Operation::Log},
    {"log10", 1, 1, Operation::Log10},
    {"min", 2, kMaxArguments, Operation::Min},
    {"max", 2, kMaxArguments, Operation::Max},
    {"where", 3, 3, Operation::Where},
    {"clip", 3, 3, Operation::Copy},
};

struct Symbol {
    std::string_view text;
    Operation operation;
};
constexpr Symbol kComparisons[] = {{"<=", Operation::LessEqual}, {">=", Operation::GreaterEqual},
                                   {"==", Operation::Equal},     {"!=", Operation::NotEqual},
                                   {"<", Operation::Less},       {">", Operation::Greater}};
constexpr Symbol kSums[] = {{"+", Operation::Add}, {"-", Operation::Subtract}};
constexpr Symbol kProducts[] = {{"*", Operation::Multiply}, {"/", Operation::Divide}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

} // namespace

/// Recursive descent that emits steps while it reads. A value on the evaluation stack at height h lives in register h.
class ExpressionCompiler {
public:
    using Operand = Expression::Operand;
    using Place = Expression::Place;

    ExpressionCompiler(std::string_view text, const BandNames& names) : text_(text), names_(names) {}

    Result<Expression> compile() {
        TRY(const Operand result, comparison(0));
        skip_space();
        if (at_ < text_.size())
            return unexpected();
        program_.steps_.push_back({Operation::Copy, 0, result, {}, {}});
        if (program_.bands_.empty())
            return fail_field("expression", "The expression uses no band. Known bands: " + names_.listed() + ".");
        order_bands();
        program_.text_ = text_;
        return std::move(program_);
    }

private:
    Result<Operand> comparison(int height) {
        if (depth_ >= Expression::kMaxDepth)
            return at_position("The expression is nested more than 50 deep");
        ++depth_;
        TRY(const Operand value, chain(kComparisons, &ExpressionCompiler::sum, height));
        --depth_;
        return value;
    }
    Result<Operand> sum(int height) { return chain(kSums, &ExpressionCompiler::product, height); }
    Result<Operand> product(int height) { return chain(kProducts, &ExpressionCompiler::negated, height); }

    Result<Operand> chain(std::span<const Symbol> symbols, Result<Operand> (ExpressionCompiler::*next)(int),
                          int height) {
        TRY(Operand left, (this->*next)(height));
        while (const auto operation = accept(symbols)) {
            TRY(const Operand right, (this->*next)(height + 1));
            left = emit(*operation, height, left, right);
        }
        return left;
    }

    Result<Operand> negated(int height) {
        skip_space();
        if (at_ < text_.size() && (text_[at_] == '-' || text_[at_] == '+')) {
            const bool minus = text_[at_++] == '-';
            if (depth_ >= Expression::kMaxDepth)
                return at_position("The expression is nested more than 50 deep");
            ++depth_;
            TRY(const Operand value, negated(height));
            --depth_;
            return minus ? emit(Operation::Negate, height, value, {}) : value;
        }
        return power(height);
    }

    Result<Operand> power(int height) {
        TRY(const Operand value, atom(height));
        skip_space();
        if (!text_.substr(at_).starts_with("**"))
            return value;
        at_ += 2;
        if (depth_ >= Expression::kMaxDepth)
            return at_position("The expression is nested more than 50 deep");
        ++depth_;
        TRY(const Operand exponent, negated(height + 1));
        --depth_;
        return emit(Operation::Power, height, value, exponent);
    }

    Result<Operand> atom(int height) {
        skip_space();
        if (at_ >= text_.size())
            return fail_field("expression", "The expression ends too early: a number, a band or '(' is missing.");
        const char c = text_[at_];
        if (is_digit(c) || c == '.')
            return number();
        if (is_letter(c))
            return identifier(height);
        if (c != '(')
            return unexpected();
        ++at_;
        TRY(const Operand value, comparison(height));
        CHECK_OK(expect(')'));
        return value;
    }

    Result<Operand> number() {
        double value = 0;
        const char* begin = text_.data() + at_;
        const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
        if (error != std::errc() || !std::isfinite(static_cast<float>(value)))
            return at_position("This is not a number");
        at_ += static_cast<std::size_t>(end - begin);
        program_.constants_.push_back(static_cast<float>(value));
        return Operand{Place::Constant, static_cast<int>(program_.constants_.size()) - 1};
    }

    Result<Operand> identifier(int height) {
        const std::size_t start = at_;
        while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_])))
            ++at_;
        const std::string_view name = text_.substr(start, at_ - start);
        skip_space();
        if (at_ < text_.size() && text_[at_] == '(')
            return call(name, start, height);
        const int band = names_.find(name);
        if (band == 0)
            return fail_field("expression", fmt::format("Unknown band '{}' at position {}. Known bands: {}.",
                                                        name.substr(0, 60), start + 1, names_.listed()));
        const auto known = std::find(program_.bands_.begin(), program_.bands_.end(), band);
        const auto index = static_cast<int>(known - program_.bands_.begin());
        if (known == program_.bands_.end())
            program_.bands_.push_back(band);
        return Operand{Place::Band, index};
    }

    Result<Operand> call(std::string_view name, std::size_t start, int height) {
        const std::string lower = lower_case(name);
        const auto* function = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                            [&](const Function& f) { return f.name == lower; });
        if (function == std::end(kFunctions))
            return fail_field("expression",
                              fmt::format("Unknown function '{}' at position {}. Known functions: abs, sqrt, exp, log, "
                                          "log10, min, max, where, clip.",
                                          name.substr(0, 60), start + 1));
        ++at_;
        std::vector<Operand> arguments;
        do {
            if (arguments.size() == kMaxArguments)
                return at_position("A function takes at most 32 values");
            TRY(const Operand value, comparison(height + static_cast<int>(arguments.size())));
            arguments.push_back(value);
        } while (accept_comma());
        CHECK_OK(expect(')'));
        if (arguments.size() < function->least || arguments.size() > function->most)
            return fail_field("expression",
                              fmt::format("The function '{}' at position {} takes {} value{}, not {}.", lower,
                                          start + 1, function->least,
                                          function->most == 1 ? "" : (function->most > 3 ? "s or more" : "s"),
                                          arguments.size()));
        return apply(*function, arguments, height);
    }

    Operand apply(const Function& function, const std::vector<Operand>& arguments, int height) {
        if (function.name == "clip")
            return emit(Operation::Min, height, emit(Operation::Max, height, arguments[0], arguments[1]), arguments[2]);
        if (function.name == "where")
            return emit(Operation::Where, height, arguments[0], arguments[1], arguments[2]);
        if (arguments.size() == 1)
            return emit(function.operation, height, arguments[0], {});
        Operand value = arguments[0];
        for (std::size_t i = 1; i < arguments.size(); ++i)
            value = emit(function.operation, height, value, arguments[i]);
        return value;
    }

    Operand emit(Operation operation, int target, Operand a, Operand b, Operand c = {}) {
        program_.steps_.push_back({operation, target, a, b, c});
        program_.registers_ = std::max(program_.registers_, target + 1);
        return {Place::Register, target};
    }

    void order_bands() {
        std::vector<int> sorted = program_.bands_;
        std::sort(sorted.begin(), sorted.end());
        const auto place = [&](Operand& operand) {
            if (operand.place == Place::Band)
                operand.index =
                    static_cast<int>(std::lower_bound(sorted.begin(), sorted.end(),
                                                      program_.bands_[static_cast<std::size_t>(operand.index)]) -
                                     sorted.begin());
        };
        for (auto& step : program_.steps_) {
            place(step.a);
            place(step.b);
            place(step.c);
        }
        program_.bands_ = std::move(sorted);
    }

    std::optional<Operation> accept(std::span<const Symbol> symbols) {
        skip_space();
        const std::string_view rest = text_.substr(at_);
        for (const Symbol& symbol : symbols)
            if (rest.starts_with(symbol.text) && !(symbol.text == "*" && rest.starts_with("**"))) {
                at_ += symbol.text.size();
                return symbol.operation;
            }
        return std::nullopt;
    }

    bool accept_comma() {
        skip_space();
        const bool comma = at_ < text_.size() && text_[at_] == ',';
        at_ += comma ? 1 : 0;
        return comma;
    }

    Status expect(char wanted) {
        skip_space();
        if (at_ < text_.size() && text_[at_] == wanted) {
            ++at_;
            return {};
        }
        if (at_ >= text_.size())
            return fail_field("expression", fmt::format("The expression ends too early: '{}' is missing.", wanted));
        return unexpected();
    }

    void skip_space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }

    tl::unexpected<Error> unexpected() const {
        const char c = text_[at_];
        const std::string shown = c > ' ' && c < 127 ? fmt::format("'{}'", c) : std::string("character");
        return fail_field("expression", fmt::format("Unexpected {} at position {} of the expression.", shown, at_ + 1));
    }
    tl::unexpected<Error> at_position(std::string_view what) const {
        return fail_field("expression", fmt::format("{} (position {}).", what, at_ + 1));
    }

    std::string_view text_;
    const BandNames& names_;
    std::size_t at_ = 0;
    int depth_ = 0;
    Expression program_;
};

Result<Expression> Expression::compile(std::string_view text, const BandNames& names) {
    if (text.size() > kMaxLength)
        return fail_field("expression", "The expression is longer than 1000 characters.");
    return ExpressionCompiler(text, names).compile();
}

} // namespace landfall::imagery
