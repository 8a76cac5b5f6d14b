#include "operations/registry/openapi.hpp"

#include "admission/idempotency.hpp"
#include "operations/registry/components.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace landfall::operations {
namespace {

struct StatusText {
    Code code;
    std::string_view status;
    std::string_view text;
};

constexpr StatusText kProblems[] = {
    {Code::BadRequest, "400", "Malformed JSON, or a change that would break the resource"},
    {Code::Unauthenticated, "401", "No, invalid, expired or revoked credentials"},
    {Code::PaymentRequired, "402", "Storage quota or credit is short"},
    {Code::PermissionDenied, "403", "The scope, role or membership is missing"},
    {Code::NotFound, "404", "Unknown, foreign or deleted resource"},
    {Code::Conflict, "409", "Wrong state, lost race or duplicate"},
    {Code::Gone, "410", "Expired or deleted"},
    {Code::PreconditionFailed, "412", "If-Match, If-None-Match or If-Unmodified-Since does not hold"},
    {Code::PayloadTooLarge, "413", "More bytes than allowed"},
    {Code::ResourceExhausted, "429", "Rate limit; see Retry-After"},
    {Code::Internal, "500", "Unexpected failure"},
    {Code::Unavailable, "503", "A dependency is missing, a queue is full or the server stops; see Retry-After"},
    {Code::DeadlineExceeded, "504", "The work took too long"},
};

constexpr CodeSet kAlways = Code::BadRequest | Code::Unauthenticated | Code::PermissionDenied | Code::NotFound |
                            Code::PayloadTooLarge | Code::ResourceExhausted | Code::Internal | Code::Unavailable |
                            Code::DeadlineExceeded;

Json media(std::string_view type, Json schema) {
    return Json::object({{std::string(type), Json::object({{"schema", std::move(schema)}})}});
}

Json success_response(const Operation& operation, Components& components) {
    Json content = Json::object();
    const Json bytes = Json::object({{"type", "string"}, {"format", "binary"}});
    for (const std::string_view type : operation.spec.raw_media_types)
        content.set(
            type, Json::object({{"schema", type == "application/json" ? Json::object({{"type", "object"}}) : bytes}}));
    if (!operation.spec.is_raw())
        content = media(operation.spec.media_type, components.refer(operation.output_schema));
    return Json::object(
        {{"description", "Success"},
         {"headers",
          Json::object({{"X-Landfall-Warning", Json::object({{"$ref", "#/components/headers/X-Landfall-Warning"}})}})},
         {"content", std::move(content)}});
}

/// The success and every refusal that the operation knows.
Json responses(const Operation& operation, std::string_view status, Json success) {
    Json all = Json::object({{std::string(status), std::move(success)}});
    // Under a key a call meets the other calls of that key.
    const CodeSet own = operation.spec.errors | (operation.spec.accepts_idempotency_key ? Code::Conflict : CodeSet());
    for (const auto& [code, refused, text] : kProblems) {
        if (!kAlways.has(code) && !own.has(code))
            continue;
        all.set(refused,
                Json::object({{"description", text},
                              {"content", media("application/problem+json", Components::reference("Problem"))}}));
    }
    all.set("422",
            Json::object({{"description", "Field validation or a domain rule on the input"},
                          {"content", media("application/json", Components::reference("HTTPValidationError"))}}));
    return all;
}

Json header_parameter(std::string_view name, std::string_view text, Json schema) {
    schema.set("type", Json::array({"string", "null"}));
    return Json::object(
        {{"name", name}, {"in", "header"}, {"required", false}, {"description", text}, {"schema", std::move(schema)}});
}

Json api_key_parameter() {
    return header_parameter("x-api-key", "An API key, instead of the Authorization header", Json::object());
}

std::string description(const OperationSpec& spec) {
    return fmt::format("Needs the scope `{}`{}. Its side effect is of the tier `{}`.", spec.scope,
                       spec.is_public ? " of a credential, or none" : "",
                       admission::side_effect_name(spec.side_effect));
}

Json tag(std::string_view name, std::string_view text) {
    return Json::object({{"name", name}, {"description", text}});
}

Json security(const OperationSpec& spec) {
    Json ways = Json::array({Json::object({{"HTTPBearer", Json::array()}})});
    if (spec.is_public)
        ways.push(Json::object());
    return ways;
}

Json path_item(const Operation& operation, Components& components) {
    const OperationSpec& spec = operation.spec;
    Json parameters = Json::array({api_key_parameter()});
    if (spec.accepts_idempotency_key)
        parameters.push(
            header_parameter("idempotency-key", "Makes retries safe: the same key runs the operation once",
                             Json::object({{"minLength", 1}, {"maxLength", std::uint64_t{admission::kLongestKey}}})));
    const Json* required = operation.input_schema.find("required");
    Json body = Json::object({{"required", required != nullptr},
                              {"content", media("application/json", components.refer(operation.input_schema))}});
    Json post = Json::object({{"operationId", spec.id},
                              {"summary", spec.summary},
                              {"description", description(spec)},
                              {"tags", Json::array({"operations"})},
                              {"security", security(spec)},
                              {"parameters", std::move(parameters)},
                              {"requestBody", std::move(body)},
                              {"responses", responses(operation, fmt::to_string(spec.success_status),
                                                      success_response(operation, components))},
                              {"x-required-scope", spec.scope},
                              {"x-side-effect", admission::side_effect_name(spec.side_effect)}});
    if (spec.is_extension)
        post.set("x-landfall-extension", true);
    if (spec.is_raw()) {
        post.set("x-raw-response", true);
        post.set("x-output-media-type", spec.default_media_type());
    }
    return Json::object({{"post", std::move(post)}});
}

/// A field of the operation as a parameter of its address; of a name that is none, what the face itself makes of it.
Json parameter(const Operation& operation, std::string_view name, std::string_view place) {
    struct Own {
        std::string_view name, text, type;
    };
    constexpr Own kOwn[] = {
        {"key", "An API key that may only read, for clients that send no headers", "string"},
        {"v", "Version of what is drawn, as TileJSON has it: the answer may be kept for ever", "string"},
        {"longitude", "Degrees", "number"},
        {"latitude", "Degrees", "number"}};
    Json out = Json::object({{"name", name}, {"in", place}, {"required", place == "path"}});
    if (const Json* field = operation.input_schema["properties"].find(name)) {
        Json schema = *field;
        out.set("description", schema["description"].as_string());
        schema.erase("description");
        out.set("schema", std::move(schema));
        return out;
    }
    const auto* const own = std::ranges::find(kOwn, name, &Own::name);
    if (own == std::end(kOwn))
        throw std::logic_error(fmt::format("the parameter '{}' is no field of '{}'", name, operation.spec.id));
    out.set("description", own->text);
    out.set("schema", Json::object({{"type", own->type}}));
    return out;
}

Json redirection() {
    return Json::object(
        {{"description", "To a signed URL of the bytes, which takes Range and no credentials"},
         {"headers",
          Json::object(
              {{"Location", Json::object({{"schema", Json::object({{"type", "string"}, {"format", "uri"}})}})}})}});
}

/// What an address refuses besides: its query stands in the head of the request.
void add_head_refusal(Json& get) {
    Json all = get["responses"];
    all.set("431", Json::object({{"description", "The URL and the headers are longer than this server accepts"},
                                 {"content", media("application/problem+json", Components::reference("Problem"))}}));
    get.set("responses", std::move(all));
}

Json path_item(const Operation& operation, const GetAddress& address, Components& components) {
    Json parameters = Json::array({api_key_parameter()});
    for (auto open = address.path.find('{'); open != std::string_view::npos; open = address.path.find('{', open + 1))
        parameters.push(
            parameter(operation, address.path.substr(open + 1, address.path.find('}', open) - open - 1), "path"));
    for (const std::string_view name : address.query)
        parameters.push(parameter(operation, name, "query"));
    const OperationSpec& spec = operation.spec;
    Json get = Json::object(
        {{"operationId", fmt::format("{}.get", spec.id)},
         {"summary", spec.summary},
         {"description", description(spec)},
         {"tags", Json::array({"addresses"})},
         {"security", security(spec)},
         {"parameters", std::move(parameters)},
         {"responses", address.redirects ? responses(operation, "302", redirection())
                                         : responses(operation, "200", success_response(operation, components))},
         {"x-required-scope", spec.scope},
         {"x-side-effect", admission::side_effect_name(spec.side_effect)}});
    if (spec.is_raw()) {
        get.set("x-raw-response", true);
        get.set("x-output-media-type", spec.default_media_type());
    }
    add_head_refusal(get);
    return Json::object({{"get", std::move(get)}});
}

Json component_headers() {
    return Json::object(
        {{"X-Landfall-Warning",
          Json::object({{"description", "A sentence on a field or parameter that is unknown and was ignored; repeated"},
                        {"schema", Json::object({{"type", "string"}})}})}});
}

Json string_schema() {
    return Json::object({{"type", "string"}});
}

/// The shapes of refusals.
void add_problems(Components& components) {
    Json problem = Json::object(
        {{"type", "object"},
         {"required", Json::array({"title", "status", "detail"})},
         {"properties", Json::object({{"type", Json::object({{"type", "string"}, {"default", "about:blank"}})},
                                      {"title", string_schema()},
                                      {"status", Json::object({{"type", "integer"}})},
                                      {"detail", string_schema()},
                                      {"request_id", string_schema()}})},
         {"examples", Json::array({Json::object({{"type", "about:blank"},
                                                 {"title", "Not Found"},
                                                 {"status", 404},
                                                 {"detail", "There is no such item"}})})}});
    Json place =
        Json::object({{"type", "array"}, {"items", Json::object({{"type", Json::array({"string", "integer"})}})}});
    const Json fault =
        Json::object({{"loc", Json::array({"body", "name"})}, {"msg", "Field required"}, {"type", "missing"}});
    Json entry = Json::object(
        {{"type", "object"},
         {"required", Json::array({"loc", "msg", "type"})},
         {"properties", Json::object({{"loc", std::move(place)}, {"msg", string_schema()}, {"type", string_schema()}})},
         {"examples", Json::array({fault})}});
    Json entries = Json::object({{"type", "array"}, {"items", Components::reference("ValidationError")}});
    Json validation = Json::object({{"type", "object"},
                                    {"properties", Json::object({{"detail", std::move(entries)}})},
                                    {"examples", Json::array({Json::object({{"detail", Json::array({fault})}})})}});
    components.add("Problem", std::move(problem));
    components.add("ValidationError", std::move(entry));
    components.add("HTTPValidationError", std::move(validation));
}

} // namespace

Json openapi_document(const Registry& registry, std::string_view version, std::span<const GetAddress> addresses) {
    Json paths = Json::object();
    Components components;
    add_problems(components);
    for (const Operation* operation : registry.all())
        paths.set(fmt::format("/v1/op/{}", operation->spec.id), path_item(*operation, components));
    for (const GetAddress& address : addresses) {
        const Operation* operation = registry.find(address.operation);
        if (operation == nullptr)
            throw std::logic_error(fmt::format("'{}' runs an operation that is not registered", address.path));
        paths.set(address.path, path_item(*operation, address, components));
    }
    Json scheme = Json::object({{"type", "http"}, {"scheme", "bearer"}, {"description", "An API key (gpra_…)"}});
    return Json::object(
        {{"openapi", "3.1.0"},
         {"info",
          Json::object({{"title", "Landfall"},
                        {"version", version},
                        {"contact", Json::object({{"name", "The operator of this server"}})},
                        {"description",
                         "A self-hosted platform for earth imagery. Every operation is a POST of a JSON object."}})},
         {"servers", Json::array({Json::object({{"url", "/"}, {"description", "This server"}})})},
         {"tags", Json::array({tag("operations", "Calls with a JSON object"),
                               tag("addresses", "The same operations for clients that only GET")})},
         {"paths", std::move(paths)},
         {"components", Json::object({{"securitySchemes", Json::object({{"HTTPBearer", std::move(scheme)}})},
                                      {"headers", component_headers()},
                                      {"schemas", components.all()}})}});
}

} // namespace landfall::operations
