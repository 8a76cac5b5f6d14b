#pragma once
/// The named schemas of the OpenAPI document: every struct once, wherever operations use it. Contract: the names are
/// those that the official clients generate their models from.

#include "schema/json.hpp"

#include <map>
#include <string>
#include <string_view>

namespace landfall::operations {

class Components {
public:
    /// The schema with references in place of the structs in it, which become components with an example each. A name
    /// that two different structs share is a std::logic_error, as is a field without an example: see `example_of`.
    Json refer(Json schema);

    /// Adds a schema that no struct describes.
    void add(std::string name, Json schema);

    /// All of them, by name.
    Json all() const;

    /// A reference to a component by name.
    static Json reference(std::string_view name);

private:
    std::map<std::string, Json, std::less<>> schemas_;
};

/// A value that a schema (without references) allows: of an object its required members and those that clients usually
/// send. Texts and numbers are typical of fields of the name `field`.
Json example_of(const Json& schema, std::string_view field);

} // namespace landfall::operations
