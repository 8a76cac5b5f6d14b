#include "operations/registry/components.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace landfall::operations {
namespace {

bool takes_null(const Json& schema) {
    return schema["type"].is_array();
}

} // namespace

Json Components::reference(std::string_view name) {
    return Json::object({{"$ref", fmt::format("#/components/schemas/{}", name)}});
}

void Components::add(std::string name, Json schema) {
    const auto [known, added] = schemas_.emplace(std::move(name), schema);
    if (!added && known->second != schema)
        throw std::logic_error(fmt::format("two different structs are published as '{}'", known->first));
}

Json Components::refer(Json schema) {
    const Json whole = schema;
    if (const Json* entries = schema.find("items"))
        schema.set("items", refer(*entries));
    if (const Json* found = schema.find("properties")) {
        Json properties = *found;
        for (auto& [name, property] : properties.members())
            property = refer(std::move(property));
        schema.set("properties", std::move(properties));
    }
    const Json* title = schema.find("title");
    if (title == nullptr)
        return schema;
    const std::string name = title->as_string();
    const bool nullable = takes_null(schema);
    const Json* text = schema.find("description");
    const Json description = text != nullptr ? *text : Json();
    schema.erase("description");
    schema.set("type", "object");
    schema.set("examples", Json::array({example_of(whole, name)}));
    add(name, std::move(schema));
    Json place = nullable ? Json::object({{"anyOf", Json::array({reference(name), Json::object({{"type", "null"}})})}})
                          : reference(name);
    if (!description.is_null())
        place.set("description", description);
    return place;
}

Json Components::all() const {
    Json schemas = Json::object();
    for (const auto& [name, schema] : schemas_)
        schemas.set(name, schema);
    return schemas;
}

} // namespace landfall::operations
