#pragma once
/// Idempotency keys: the answer of a call is stored in the transaction that made it and replayed to repeats.
/// Contract: geopera.md section 6.3.

#include "catalog/work/idempotency.hpp"
#include "domain/context.hpp"
#include "operations/registry/operation.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>

namespace landfall::operations {

/// A call that carries a key.
struct KeyedCall {
    catalog::IdempotencyClaim claim;
    std::string media_type;               ///< of the success answer
    std::optional<std::string> seal_with; ///< the caller's credential, if the answer holds a secret
};

/// Reads the header of a call. InvalidArgument unless the key has 1..255 characters.
Result<KeyedCall> make_keyed_call(const domain::Call& call, const OperationSpec& spec, const std::string& key,
                                  const Json& body);

/// Claims the key inside the call's transaction: an earlier answer to replay, or nothing when the call shall run.
/// Conflict for another body under the same key, for a call that still runs, and for an answer with a secret that was
/// made for another credential.
Result<std::optional<catalog::StoredAnswer>> claim(database::Session& session, const KeyedCall& call);

/// Keeps the answer of a call that ran; one that holds a secret is sealed, so that the database does not show it.
Status keep_answer(database::Session& session, const KeyedCall& call, const std::string& text);

/// Whether a refusal is final, so that repeats get it too: 402, 404, 409 and 410, as the contract has it.
bool is_final(Code code);

/// A failure as it is stored, and back.
catalog::StoredAnswer stored_failure(const Error& error);
Error failure_from(const catalog::StoredAnswer& answer);

} // namespace landfall::operations
