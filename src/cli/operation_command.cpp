#include "cli/json_text.hpp"
#include "cli/session.hpp"
#include "core/text.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace landfall::cli {
namespace {

bool is_json(std::string_view media_type) {
    return media_type.empty() || media_type == "application/json" || media_type.ends_with("+json");
}

Status write_all(std::FILE* file, std::string_view bytes, std::string_view name) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size() || std::fflush(file) != 0)
        return fail(Code::Internal, fmt::format("{} can't be written; is the disk full?", name));
    return {};
}

Status write_file(const std::string& name, std::string_view bytes) {
    std::FILE* file = std::fopen(name.c_str(), "wbe");
    if (file == nullptr)
        return fail(Code::Internal, fmt::format("'{}' can't be created", name));
    Status written = write_all(file, bytes, fmt::format("'{}'", name));
    if (std::fclose(file) != 0 && written)
        return fail(Code::Internal, fmt::format("'{}' can't be written; is the disk full?", name));
    return written;
}

std::string shown(const Answer& answer, const Invocation& invocation, const Terminal& terminal) {
    const bool pretty = terminal.out_is_terminal && !invocation.has("json");
    const auto json = pretty ? Json::parse(answer.body) : Result<Json>(fail(Code::Unsupported, ""));
    return (json ? pretty_json(*json) : answer.body) + "\n";
}

int show(const Answer& answer, const Invocation& invocation, const Terminal& terminal) {
    const auto file = invocation.value("output");
    if (file && *file != "-") {
        const Status written = write_file(*file, answer.body);
        return written ? 0 : report(terminal, written.error());
    }
    const bool json = is_json(answer.media_type);
    if (!json && terminal.out_is_terminal && !file) {
        terminal.complain(
            fmt::format("The answer is {}; give -o FILE, or redirect standard output", answer.media_type));
        return 2;
    }
    const Status written =
        write_all(terminal.out, json ? shown(answer, invocation, terminal) : answer.body, "Standard output");
    return written ? 0 : report(terminal, written.error());
}

/// The picture's format that the name of the file to write asks for, where the input names none. Only of operations
/// that answer pictures and the like, and of formats that they know.
std::optional<std::string> format_of(const operations::Operation* operation, const Json& input,
                                     const std::optional<std::string>& output) {
    if (operation == nullptr || !operation->spec.is_raw() || !output || input.find("format") != nullptr)
        return std::nullopt;
    const std::string extension = lower_case(std::filesystem::path(*output).extension().string());
    for (const Json& known : operation->input_schema["properties"]["format"]["enum"].items())
        if (extension == "." + known.as_string())
            return known.as_string();
    return std::nullopt;
}

int call_and_show(std::string_view operation_id, const std::string& input, const Invocation& invocation,
                  const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto server = server_of(invocation, terminal);
    if (!server)
        return report_usage(terminal, server.error());
    Api api(*server, surroundings.interrupted);
    const auto answer = api.call(operation_id, input, invocation.value("idempotency-key").value_or(""));
    if (!answer)
        return report(terminal, answer.error());
    for (const std::string& warning : answer->warnings)
        terminal.warn(warning);
    return show(*answer, invocation, terminal);
}

} // namespace

int run_operation(const operations::Operation& operation, const Invocation& invocation,
                  const Surroundings& surroundings) {
    Json input = invocation.input;
    if (auto format = format_of(&operation, input, invocation.value("output")))
        input.set("format", *std::move(format));
    return call_and_show(operation.spec.id, input.dump(), invocation, surroundings);
}

int run_op(const operations::Registry& registry, const Invocation& invocation, const Surroundings& surroundings) {
    const Terminal& terminal = surroundings.terminal;
    const auto& operands = invocation.operands;
    std::string input = "{}";
    if (operands.size() == 2) {
        auto json = json_argument(operands[1], [&](const std::string& file) { return read_text(terminal, file); });
        if (!json && json.error().code == Code::Internal)
            return report(terminal, json.error());
        if (!json)
            return report_usage(terminal, Error(Code::InvalidArgument, "The operation's input is no valid JSON"));
        input = std::move(*json);
    }
    auto fields = Json::parse(input);
    if (auto format = format_of(registry.find(operands[0]), *fields, invocation.value("output"))) {
        fields->set("format", *std::move(format));
        input = fields->dump();
    }
    return call_and_show(operands[0], input, invocation, surroundings);
}

} // namespace landfall::cli
