#pragma once
/// Idempotency keys: the answer of a call is stored in the transaction that made it and replayed to repeats.
/// Contract: geopera.md section 6.3.

#include "admission/answer.hpp"
#include "catalog/work/idempotency.hpp"
#include "domain/context.hpp"
#include "schema/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace landfall::admission {

inline constexpr std::size_t kLongestKey = 255; ///< characters of the header

/// A call that carries a key.
struct KeyedCall {
    catalog::IdempotencyClaim claim;
    std::optional<std::string> seal_with{}; ///< the caller's credential, if the answer holds a secret
};

/// What became of a call, and what its caller had to be allowed for it.
struct KeptAnswer {
    Result<Answer> answer;
    std::vector<domain::PassedCheck> passed;
};

/// Reads the header of a call of the act. InvalidArgument unless the key has 1..255 characters.
Result<KeyedCall> make_keyed_call(const domain::Call& call, std::string_view act, const std::string& key,
                                  const Json& body);

/// Claims the key inside the call's transaction: an earlier answer to replay, or nothing when the call shall run.
/// Conflict for another body under the same key, and for an answer with a secret that was made for another credential.
/// Waits for the end of a first call that still runs.
Result<std::optional<KeptAnswer>> claim(database::Session& session, const KeyedCall& call);

/// Keeps what became of a call that ran. An answer that holds a secret is sealed, so that the database does not show
/// it.
Status keep(database::Session& session, const KeyedCall& call, const KeptAnswer& kept);

/// Whether a refusal is final, so that repeats get it too: 402, 404, 409 and 410, as the contract has it, but for a
/// lost race and whatever names a time to come back.
bool is_final(const Error& error);

} // namespace landfall::admission
