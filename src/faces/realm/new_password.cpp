#include "faces/realm/new_password.hpp"

#include "domain/sign_in/passwords.hpp"
#include "http/message/problem.hpp"

namespace landfall::faces::realm {

std::string Refused::fault_of(std::string_view name) const {
    return field == name ? sentence : std::string();
}

std::string Refused::value_of(std::string_view name) const {
    return filled ? std::string(filled->get(name)) : std::string();
}

Refused refused_by(const Error& error, std::string_view field, const http::Form& form) {
    const std::string& sentence = error.fields.empty() ? error.message : error.fields.front().message;
    Refused refused{std::string(field), sentence + ".", form, http::status_of(error.code)};
    if (!error.fields.empty() && !error.fields.front().path.empty())
        refused.field = error.fields.front().path.back();
    if (error.code == Code::Unauthenticated)
        refused.status = 400;
    return refused;
}

std::vector<pages::Input> new_password_inputs(const Refused& refused) {
    return {{.name = "password",
             .label = "New password",
             .type = "password",
             .autocomplete = "new-password",
             .hint = "At least eight characters",
             .fault = refused.fault_of("password")},
            {.name = "again",
             .label = "The same again",
             .type = "password",
             .autocomplete = "new-password",
             .fault = refused.fault_of("again")}};
}

Result<std::string> new_hash(const domain::Call& call, const http::Form& form) {
    if (form.get("password") != form.get("again"))
        return fail_field("again", "The two passwords differ");
    return domain::hash_new_password(call, form.get("password"));
}

} // namespace landfall::faces::realm
