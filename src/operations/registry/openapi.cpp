#include "operations/registry/openapi.hpp"

#include <fmt/format.h>

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

Json reference(std::string_view name) {
    return Json::object({{"$ref", fmt::format("#/components/schemas/{}", name)}});
}

Json media(std::string_view type, Json schema) {
    return Json::object({{std::string(type), Json::object({{"schema", std::move(schema)}})}});
}

Json success_response(const Operation& operation) {
    Json content = Json::object();
    for (const std::string_view type : operation.spec.raw_media_types)
        content.set(type, Json::object({{"schema", Json::object({{"type", "string"}, {"format", "binary"}})}}));
    if (!operation.spec.is_raw())
        content = media(operation.spec.media_type, operation.output_schema);
    return Json::object({{"description", "Success"}, {"content", std::move(content)}});
}

Json responses(const Operation& operation) {
    Json all = Json::object({{fmt::to_string(operation.spec.success_status), success_response(operation)}});
    // Under a key a call meets the other calls of that key.
    const CodeSet own = operation.spec.errors | (operation.spec.accepts_idempotency_key ? Code::Conflict : CodeSet());
    for (const auto& [code, status, text] : kProblems) {
        if (!kAlways.has(code) && !own.has(code))
            continue;
        all.set(status, Json::object({{"description", text},
                                      {"content", media("application/problem+json", reference("Problem"))}}));
    }
    all.set("422", Json::object({{"description", "Field validation or a domain rule on the input"},
                                 {"content", media("application/json", reference("HTTPValidationError"))}}));
    return all;
}

Json header_parameter(std::string_view name, std::string_view text) {
    return Json::object({{"name", name},
                         {"in", "header"},
                         {"required", false},
                         {"description", text},
                         {"schema", Json::object({{"type", Json::array({"string", "null"})}})}});
}

Json path_item(const Operation& operation) {
    const OperationSpec& spec = operation.spec;
    Json parameters = Json::array({header_parameter("x-api-key", "An API key, instead of the Authorization header")});
    if (spec.accepts_idempotency_key)
        parameters.push(
            header_parameter("idempotency-key", "Makes retries safe: the same key runs the operation once"));
    const Json* required = operation.input_schema.find("required");
    Json body = Json::object(
        {{"required", required != nullptr}, {"content", media("application/json", operation.input_schema)}});
    Json post = Json::object({{"operationId", spec.id},
                              {"summary", spec.summary},
                              {"tags", Json::array({"operations"})},
                              {"security", Json::array({Json::object({{"HTTPBearer", Json::array()}})})},
                              {"parameters", std::move(parameters)},
                              {"requestBody", std::move(body)},
                              {"responses", responses(operation)},
                              {"x-required-scope", spec.scope},
                              {"x-side-effect", admission::side_effect_name(spec.side_effect)}});
    if (spec.is_raw()) {
        post.set("x-raw-response", true);
        post.set("x-output-media-type", spec.default_media_type());
    }
    return Json::object({{"post", std::move(post)}});
}

Json string_schema() {
    return Json::object({{"type", "string"}});
}

Json component_schemas() {
    Json problem = Json::object(
        {{"type", "object"},
         {"required", Json::array({"title", "status", "detail"})},
         {"properties", Json::object({{"type", Json::object({{"type", "string"}, {"default", "about:blank"}})},
                                      {"title", string_schema()},
                                      {"status", Json::object({{"type", "integer"}})},
                                      {"detail", string_schema()},
                                      {"request_id", string_schema()}})}});
    Json entry = Json::object(
        {{"type", "object"},
         {"required", Json::array({"loc", "msg", "type"})},
         {"properties",
          Json::object(
              {{"loc", Json::object({{"type", "array"},
                                     {"items", Json::object({{"type", Json::array({"string", "integer"})}})}})},
               {"msg", string_schema()},
               {"type", string_schema()}})}});
    Json validation = Json::object(
        {{"type", "object"},
         {"properties",
          Json::object({{"detail", Json::object({{"type", "array"}, {"items", reference("ValidationError")}})}})}});
    return Json::object({{"Problem", std::move(problem)},
                         {"ValidationError", std::move(entry)},
                         {"HTTPValidationError", std::move(validation)}});
}

} // namespace

Json openapi_document(const Registry& registry, std::string_view version) {
    Json paths = Json::object();
    for (const Operation* operation : registry.all())
        paths.set(fmt::format("/v1/op/{}", operation->spec.id), path_item(*operation));
    Json scheme = Json::object({{"type", "http"}, {"scheme", "bearer"}, {"description", "An API key (gpra_…)"}});
    return Json::object(
        {{"openapi", "3.1.0"},
         {"info",
          Json::object({{"title", "Landfall"},
                        {"version", version},
                        {"description",
                         "A self-hosted platform for earth imagery. Every operation is a POST of a JSON object."}})},
         {"paths", std::move(paths)},
         {"components", Json::object({{"securitySchemes", Json::object({{"HTTPBearer", std::move(scheme)}})},
                                      {"schemas", component_schemas()}})}});
}

} // namespace landfall::operations
