#include "app/command_row.hpp"

#include <utility>

namespace landfall::app {

using cli::Flag;
using cli::FlagType;
using cli::Invocation;

Flag text_flag(std::string name, std::string summary) {
    return cli::make_flag(std::move(name), FlagType::String, std::move(summary));
}

Flag required(Flag flag) {
    flag.required = true;
    return flag;
}

Flag organization_flag() {
    return required(text_flag("organization", "Id or slug"));
}

std::optional<std::string> text_of(const Invocation& given, const std::string& property) {
    const Json* value = given.input.find(property);
    return value == nullptr ? std::nullopt : std::optional(value->as_string());
}

std::string required_text(const Invocation& given, const std::string& property) {
    return given.input[property].as_string();
}

Output output_of(const Invocation& given) {
    return given.has("json") ? Output::Json : Output::Text;
}

} // namespace landfall::app
