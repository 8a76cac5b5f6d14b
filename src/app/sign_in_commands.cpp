#include "app/sign_in_commands.hpp"

#include "app/catalog_command.hpp"
#include "domain/sign_in/tokens.hpp"

#include <fmt/format.h>

namespace landfall::app {
namespace {

int rotate_key(const Config& config, Output output) {
    return in_catalog(
        config, {"auth.rotate_key"}, [&](catalog::Transaction& transaction, Deed& deed) -> Result<std::string> {
            TRY(const auto id, domain::rotate_token_key(transaction, now()));
            deed.targets = {id};
            if (output == Output::Json)
                return line(Json::object({{"kid", id}}));
            return fmt::format("access tokens are signed by {} from now on; what the key before it signed "
                               "is good until it lapses\n",
                               id);
        });
}

} // namespace

std::vector<Row> sign_in_rows() {
    return {{.words = {"auth", "rotate-key"},
             .summary = "Sign access tokens by a new key; the one before stays published for an hour",
             .json = true,
             .run = [](const LoadedConfig& loaded, const cli::Invocation& given) {
                 return rotate_key(loaded.config, output_of(given));
             }}};
}

} // namespace landfall::app
