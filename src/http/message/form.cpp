#include "http/message/form.hpp"

#include "core/text.hpp"
#include "http/message/form_field.hpp"
#include "http/message/wire_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::http {
namespace {

constexpr std::string_view kMediaType = "application/x-www-form-urlencoded";
constexpr std::size_t kMostFields = 100;
constexpr std::size_t kMostQuoted = 64; ///< bytes of a name that a refusal repeats

bool is_form(const Request& request) {
    const std::string_view type = request.headers.get("Content-Type").value_or("");
    return same_text(trimmed(type.substr(0, type.find(';'))), kMediaType);
}

} // namespace

Result<Form> Form::of(const Request& request) {
    if (!is_form(request))
        return fail(Code::BadRequest, fmt::format("The body must be of the type {}", kMediaType));
    Form form;
    for (std::string_view rest = request.body; !rest.empty();) {
        auto [name, value] = take_form_field(rest);
        if (!name || !value || !is_utf8(*name) || !is_utf8(*value))
            return fail(Code::BadRequest, "The body is no well-formed form in UTF-8");
        if (form.fields_.size() == kMostFields)
            return fail(Code::BadRequest, fmt::format("The form has more than {} fields", kMostFields));
        if (std::ranges::any_of(form.fields_, [&](const auto& field) { return field.first == *name; }))
            return fail(Code::BadRequest, fmt::format("The field '{}' is there twice", clean_utf8(*name, kMostQuoted)));
        form.fields_.emplace_back(*std::move(name), *std::move(value));
    }
    return form;
}

std::string_view Form::get(std::string_view name) const {
    for (const auto& [field, value] : fields_)
        if (field == name)
            return value;
    return {};
}

} // namespace landfall::http
