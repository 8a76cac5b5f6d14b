#include "stac/input/upload_input.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace landfall::stac {
namespace {

constexpr std::int64_t kMostParts = 100;
constexpr std::int64_t kLongestInterval = 3600; ///< seconds
constexpr std::size_t kMd5Bytes = 16;
constexpr std::string_view kSha256 = "1220"; ///< how a multihash of it begins
constexpr std::size_t kMultihashDigits = 68;

std::string_view kind_of(const Json& json) {
    return json.is_array()     ? "list"
           : json.is_string()  ? "str"
           : json.is_bool()    ? "bool"
           : json.is_integer() ? "int"
           : json.is_number()  ? "float"
           : json.is_null()    ? "NoneType"
                               : "dict";
}

void check_range(Members& members, std::string_view name, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value < least)
        members.fault(name, fmt::format("Ensure this value is greater than or equal to {}.", least));
    if (value > most)
        members.fault(name, fmt::format("Ensure this value is less than or equal to {}.", most));
}

/// Whether these are the code of a function and a length, both of seven bits a byte, and a digest of that length.
/// Spec: Multihash; unsigned varint.
bool is_multihash(std::string_view bytes) {
    constexpr unsigned char kMore = 0x80;
    std::size_t at = 0;
    while (at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & kMore) != 0)
        ++at;
    ++at; // the last byte of the code
    return at + 1 < bytes.size() && static_cast<unsigned char>(bytes[at]) == bytes.size() - at - 1;
}

void check_checksum(Members& members, std::string_view name, const std::string& text) {
    const auto bytes = from_hex(text);
    if (!bytes || !is_multihash(*bytes))
        members.fault(name, fmt::format("Invalid multihash value; {}", quoted(text)));
    else if (!text.starts_with(kSha256) || text.size() != kMultihashDigits)
        members.fault(name, "Invalid multihash value; must be sha2-256");
}

/// What is wrong with one entry; empty if nothing is.
std::string fault_of_part(const Json& part, std::size_t index) {
    const auto wrong = [&](std::string_view what) { return fmt::format("Invalid md5_parts[{}]{}", index, what); };
    if (!part.is_object())
        return wrong(fmt::format(" value: must be dict but is {}", kind_of(part)));
    for (const std::string_view name : {"part_number", "md5"})
        if (part.find(name) == nullptr)
            return wrong(fmt::format(" value: {} field missing", name));
    if (!part["part_number"].is_integer())
        return wrong(".part_number value: must be an integer");
    const auto md5 = part["md5"].is_string() ? from_base64(part["md5"].as_view()) : std::nullopt;
    if (!md5 || md5->size() != kMd5Bytes)
        return wrong(".md5 value: must be the base64 of an MD5");
    return {};
}

/// What is wrong with the MD5s of so many parts; empty if nothing is.
std::string fault_of_parts(const Json& parts, std::int64_t number_parts) {
    if (!parts.is_array())
        return "Invalid md5_parts field: must be a list of objects of part_number and md5";
    std::set<std::int64_t> numbers;
    for (std::size_t i = 0; i < parts.items().size(); ++i) {
        if (auto wrong = fault_of_part(parts.items()[i], i); !wrong.empty())
            return wrong;
        numbers.insert(parts.items()[i]["part_number"].as_integer());
    }
    const bool complete = std::ssize(parts.items()) == number_parts && std::ssize(numbers) == number_parts &&
                          *numbers.begin() == 1 && *numbers.rbegin() == number_parts;
    return complete ? std::string()
                    : fmt::format("Missing, too many or duplicate part_number in md5_parts field list: list should "
                                  "have {} item(s).",
                                  number_parts);
}

Given<std::int64_t> read_integer(Members& members, std::string_view name) {
    auto value = members.integer(name);
    if (value && !*value) {
        members.fault(name, "This field may not be null.");
        return {};
    }
    return value;
}

Result<domain::ChosenPart> read_part(const Json& part, std::size_t index) {
    Faults faults;
    Members members(part, faults, {"parts", std::to_string(index)});
    domain::ChosenPart chosen;
    const auto number = members.require("part_number") ? members.integer("part_number") : Given<std::int64_t>();
    if (number)
        check_range(members, "part_number", **number, 1, kMostParts);
    chosen.number = static_cast<int>(std::clamp<std::int64_t>(value_of(number).value_or(0), 0, kMostParts));
    chosen.etag = value_of(members.text("etag", {.required = true, .nullable = false, .longest = 255})).value_or("");
    CHECK_OK(faults.status());
    return chosen;
}

} // namespace

Result<UploadInput> read_upload(const Json& body, std::string_view checksum) {
    Faults faults;
    Members members(body, faults);
    UploadInput input;
    const auto number = members.require("number_parts") ? read_integer(members, "number_parts") : Given<std::int64_t>();
    if (number)
        check_range(members, "number_parts", **number, 1, kMostParts);
    (void)members.require("md5_parts"); // its fault is noted
    if (const auto text = members.text(checksum, {.required = true, .nullable = false, .longest = 255})) {
        check_checksum(members, checksum, **text);
        input.checksum = **text;
    }
    if (const auto text = members.text("content_encoding", {.nullable = false, .blank = true})) {
        input.content_encoding = **text;
        if (input.content_encoding != "gzip" && input.content_encoding != "br")
            members.fault("content_encoding", fmt::format("Invalid encoding \"{}\": must be one of \"br, gzip\"",
                                                          quoted(input.content_encoding)));
    }
    if (const auto interval = read_integer(members, "update_interval")) {
        check_range(members, "update_interval", **interval, -1, kLongestInterval);
        input.update_interval = **interval;
    }
    CHECK_OK(faults.status());
    input.number_parts = **number;
    input.md5_parts = body["md5_parts"];
    if (auto wrong = fault_of_parts(input.md5_parts, input.number_parts); !wrong.empty())
        return refuse_field(kNonField, std::move(wrong));
    return input;
}

std::vector<std::string> md5_by_number(const Json& md5_parts) {
    std::vector<std::string> all(md5_parts.items().size());
    for (const Json& part : md5_parts.items()) {
        const auto number = static_cast<std::size_t>(part["part_number"].as_integer());
        if (number >= 1 && number <= all.size())
            all[number - 1] = part["md5"].as_string();
    }
    return all;
}

Result<std::vector<domain::ChosenPart>> read_parts(const Json& body, std::int64_t number_parts) {
    const Json* given = body.find("parts");
    Faults faults;
    if (given == nullptr) {
        faults.say({"parts"}, "Missing required field");
        return fail(faults.status().error());
    }
    if (!given->is_array())
        return refuse_field("parts", fmt::format("Expected a list of items but got type \"{}\".", kind_of(*given)));
    const auto& list = given->items();
    if (list.empty())
        return refuse_field("parts", "This list may not be empty.");
    for (std::size_t i = 0; i < list.size(); ++i)
        if (!list[i].is_object())
            faults.add({"parts", std::to_string(i), kNonField},
                       fmt::format("Invalid data. Expected a dictionary, but got {}.", kind_of(list[i])));
    CHECK_OK(faults.status());
    if (std::ssize(list) != number_parts)
        return refuse_field("parts", std::ssize(list) > number_parts ? "Too many parts" : "Too few parts");
    std::vector<domain::ChosenPart> chosen;
    for (std::size_t i = 0; i < list.size(); ++i) {
        TRY(auto part, read_part(list[i], i));
        chosen.push_back(std::move(part));
    }
    return chosen;
}

} // namespace landfall::stac
