#pragma once
/// The one way into an operation: the pipeline with the operation's act, and inside it the body is read, the key is
/// claimed and the operation runs. Contract: geopera.md section 4.

#include "admission/pipeline.hpp"
#include "admission/request.hpp"
#include "jobs/gate.hpp"
#include "operations/registry/registry.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace landfall::operations {

using admission::Outcome;

/// A call of an operation as a face received it.
struct Invocation {
    admission::Request request;
    std::string_view body; ///< JSON text; empty, `null` and `{}` are alike. Must outlive the call
    std::optional<std::string> idempotency_key;
};

/// Thread-safe.
class Dispatcher {
public:
    Dispatcher(const Registry& registry, admission::Pipeline& pipeline);

    Outcome dispatch(const Operation& operation, const Invocation& invocation);
    /// The refusal of a caller who is nobody, before the body is there: see Pipeline::turn_away.
    std::optional<Outcome> turn_away(const Operation& operation, const admission::Request& request) {
        return pipeline_.turn_away(operation.spec.act(), request);
    }
    const Registry& registry() const { return registry_; }

private:
    const Registry& registry_;
    admission::Pipeline& pipeline_;
    jobs::Gate large_bodies_; ///< their trees take several times their bytes
};

} // namespace landfall::operations
