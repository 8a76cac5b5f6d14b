#include "cli/command_line.hpp"

#include "core/numbers.hpp"
#include "core/suggestion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace landfall::cli {
namespace {

std::string hyphenated(std::string_view name) {
    std::string out(name);
    std::replace(out.begin(), out.end(), '_', '-');
    return out;
}

tl::unexpected<Error> wrong(const Flag& flag, std::string_view wanted, std::string_view text) {
    return fail(Code::InvalidArgument, fmt::format("--{} needs {}, not '{}'", flag.name, wanted, text.substr(0, 200)));
}

Result<Json> json_value(const Flag& flag, const std::string& text, const TextReader& read) {
    const FlagType type = flag.type == FlagType::Array ? flag.entry : flag.type;
    const auto given = json_argument(text, read);
    if (!given) {
        if (type == FlagType::Any && text != "-" && !text.starts_with("@"))
            return Json(text);
        return fail(Code::InvalidArgument, fmt::format("--{}: {}", flag.name, given.error().message));
    }
    TRY(Json value, Json::parse(*given));
    if (type == FlagType::Object && !value.is_object() && !(flag.nullable && value.is_null()))
        return wrong(flag, "a JSON object", text);
    return value;
}

Result<Json> text_value(const Flag& flag, const std::string& text) {
    if (!flag.choices.empty() && std::find(flag.choices.begin(), flag.choices.end(), text) == flag.choices.end())
        return wrong(flag, fmt::format("one of {}", fmt::join(flag.choices, ", ")), text);
    return Json(text);
}

Result<Json> plain_value(const Flag& flag, FlagType type, const std::string& text) {
    if (flag.nullable && type != FlagType::String && text == "null")
        return Json();
    if (type == FlagType::Integer) {
        const auto value = number_in<std::int64_t>(text);
        return value ? Result<Json>(Json(*value)) : wrong(flag, "an integer", text);
    }
    if (type == FlagType::Number) {
        if (const auto whole = number_in<std::int64_t>(text))
            return Json(*whole);
        const auto value = number_in<double>(text);
        return value && std::isfinite(*value) ? Result<Json>(Json(*value)) : wrong(flag, "a number", text);
    }
    if (type == FlagType::Boolean) {
        if (text != "true" && text != "false")
            return wrong(flag, "true or false", text);
        return Json(text == "true");
    }
    return text_value(flag, text);
}

/// `7.1,46.2,7.5,46.4`, as boxes are written.
Result<Json> number_list(const Flag& flag, std::string_view text) {
    Json list = Json::array();
    while (true) {
        const auto comma = text.find(',');
        TRY(Json value, plain_value(flag, flag.entry, std::string(text.substr(0, comma))));
        list.push(std::move(value));
        if (comma == std::string_view::npos)
            return list;
        text.remove_prefix(comma + 1);
    }
}

/// Walks the words once and gathers every fault.
class Parser {
public:
    Parser(const Command& command, const std::vector<std::string>& words, const TextReader& read)
        : command_(command), words_(words), read_(read) {}

    Result<Invocation> run() {
        while (next_ < words_.size())
            take_word(words_[next_++]);
        if (result_.help)
            return std::move(result_);
        note_missing();
        note_operands();
        if (faults_.empty())
            return std::move(result_);
        Error error(Code::InvalidArgument, faults_.front().message);
        error.fields = std::move(faults_);
        return fail(std::move(error));
    }

private:
    void take_word(const std::string& word) {
        if (only_operands_ || word == "-" || !word.starts_with("-") || number_in<double>(word))
            return take_operand(word);
        if (word == "--") {
            only_operands_ = true;
        } else if (asks_for_help(word)) {
            result_.help = true;
        } else if (word.starts_with("-o") && !word.starts_with("--")) {
            take_short_output(word);
        } else {
            const auto equals = word.find('=');
            const std::string name = word.starts_with("--") ? hyphenated(word.substr(2, equals - 2)) : word;
            take_flag(name, equals == std::string::npos ? std::nullopt : std::optional(word.substr(equals + 1)));
        }
    }

    void take_operand(const std::string& word) {
        if (command_.operands.most == 0)
            note(fmt::format("'{}' is not expected here; values follow flags, see --help", word));
        result_.operands.push_back(word);
    }

    void take_short_output(const std::string& word) {
        if (word.size() > 2)
            take_flag("output", word.substr(2));
        else
            take_flag("output", std::nullopt);
    }

    void take_flag(const std::string& name, std::optional<std::string> value) {
        const Flag* flag = command_.find(name);
        if (flag == nullptr && name.starts_with("no-") && !value) {
            flag = command_.find(name.substr(3));
            value = "false";
            if (flag != nullptr && flag->type != FlagType::Boolean)
                flag = nullptr;
        }
        if (flag == nullptr)
            return note_unknown(name);
        if (flag->name == "help" && flag->property == "help") {
            result_.help = true;
            return;
        }
        if (!value)
            value = following_value(*flag);
        if (value)
            store(*flag, *value);
        else
            note(fmt::format("--{} needs a value", flag->name));
    }

    /// The value that stands in the next word, if one does.
    std::optional<std::string> following_value(const Flag& flag) {
        const bool more = next_ < words_.size();
        if (flag.type == FlagType::Boolean) {
            const bool spelled =
                more && command_.operands.most == 0 && (words_[next_] == "true" || words_[next_] == "false");
            return spelled ? words_[next_++] : "true";
        }
        if (!more || words_[next_].starts_with("--") || asks_for_help(words_[next_]))
            return std::nullopt;
        return words_[next_++];
    }

    void store(const Flag& flag, const std::string& text) {
        auto value = flag_value(flag, text, read_);
        if (!value)
            return note(value.error().message);
        if (is_given(flag) && flag.type != FlagType::Array)
            return note(fmt::format("--{} is given twice", flag.name));
        if (is_own(flag))
            result_.own[flag.name] = text;
        else if (flag.type == FlagType::Array)
            add_entries(flag, text, std::move(*value));
        else
            result_.input.set(flag.property, std::move(*value));
    }

    /// `--bbox 1 --bbox 2`, `--bbox 1,2` and `--bbox "[1, 2]"` are alike.
    void add_entries(const Flag& flag, const std::string& text, Json value) {
        Json list = result_.input[flag.property];
        if (list.is_null())
            list = Json::array();
        const bool several = text.starts_with("[") || flag.entry == FlagType::Number || flag.entry == FlagType::Integer;
        if (value.is_array() && several)
            std::copy(value.items().begin(), value.items().end(), std::back_inserter(list.items()));
        else
            list.push(std::move(value));
        result_.input.set(flag.property, std::move(list));
    }

    bool is_own(const Flag& flag) const {
        return !command_.own_flags.empty() && &flag >= &command_.own_flags.front() &&
               &flag <= &command_.own_flags.back();
    }

    bool is_given(const Flag& flag) const {
        return is_own(flag) ? result_.own.contains(flag.name) : result_.input.find(flag.property) != nullptr;
    }

    void note_missing() {
        if (!faults_.empty())
            return;
        std::vector<std::string> names;
        for (const auto* list : {&command_.flags, &command_.own_flags})
            for (const Flag& flag : *list)
                if (flag.required && !is_given(flag))
                    names.push_back("--" + flag.name);
        if (!names.empty())
            note(fmt::format("{} {} missing", fmt::join(names, ", "), names.size() == 1 ? "is" : "are"));
        for (const auto* list : {&command_.flags, &command_.own_flags})
            for (const Flag& flag : *list)
                if (!flag.needs.empty() && is_given(flag) && !is_given(*command_.find(flag.needs)))
                    note(fmt::format("--{} requires --{}", flag.name, flag.needs));
    }

    void note_operands() {
        const Operands& operands = command_.operands;
        const std::size_t count = result_.operands.size();
        if (operands.most > 0 && (count < operands.least || count > operands.most))
            note(fmt::format("{}: landfall {} {}", operands.wanted, command_.title(), command_.usage));
    }

    void note_unknown(const std::string& name) {
        std::vector<std::string_view> known;
        for (const auto* list : {&command_.flags, &command_.own_flags})
            for (const Flag& flag : *list)
                known.emplace_back(flag.name);
        const std::string shown = name.starts_with("-") ? name : "--" + name;
        const std::string_view meant = nearest(name, known);
        note(meant.empty() ? fmt::format("There is no flag {}; see landfall {} --help", shown, command_.title())
                           : fmt::format("There is no flag {}; did you mean --{}?", shown, meant));
        // What follows is most likely its value.
        if (next_ < words_.size() && !words_[next_].starts_with("-") && command_.operands.most == 0)
            ++next_;
    }

    void note(std::string sentence) { faults_.push_back({{}, std::move(sentence), "usage"}); }

    const Command& command_;
    const std::vector<std::string>& words_;
    const TextReader& read_;
    std::size_t next_ = 0;
    bool only_operands_ = false;
    Invocation result_;
    std::vector<FieldError> faults_;
};

} // namespace

std::optional<std::string> Invocation::value(const std::string& name) const {
    const auto found = own.find(name);
    return found == own.end() ? std::nullopt : std::optional(found->second);
}

bool asks_for_help(std::string_view word) {
    return word == "--help" || word == "-h";
}

Result<Json> flag_value(const Flag& flag, const std::string& text, const TextReader& read) {
    const FlagType type = flag.type == FlagType::Array ? flag.entry : flag.type;
    if (flag.type == FlagType::Array && text.starts_with("[")) {
        auto list = Json::parse(text);
        if (list && list->is_array())
            return list;
    }
    const bool numbers = type == FlagType::Number || type == FlagType::Integer;
    if (flag.type == FlagType::Array && numbers && text.find(',') != std::string::npos)
        return number_list(flag, text);
    if (type == FlagType::Object || type == FlagType::Any || type == FlagType::Array)
        return json_value(flag, text, read);
    return plain_value(flag, type, text);
}

Result<std::string> json_argument(const std::string& text, const TextReader& read) {
    std::string json = text;
    if (text == "-" || text.starts_with("@")) {
        TRY(json, read(text == "-" ? text : text.substr(1)));
    }
    if (!Json::parse(json))
        return fail(Code::InvalidArgument, text == "-" || text.starts_with("@")
                                               ? fmt::format("'{}' holds no valid JSON", text)
                                               : "this is no valid JSON");
    return json;
}

Result<Invocation> parse_command_line(const Command& command, const std::vector<std::string>& words,
                                      const TextReader& read) {
    return Parser(command, words, read).run();
}

} // namespace landfall::cli
