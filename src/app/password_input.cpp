#include "app/password_input.hpp"

#include "app/command_row.hpp"
#include "cli/prompt.hpp"

namespace landfall::app {

std::vector<cli::Flag> password_flags() {
    return {text_flag("password", "Seen by whoever lists processes; better is one of the two other ways"),
            cli::make_flag("password-stdin", cli::FlagType::Boolean,
                           "Read the password from standard input; without either flag it is asked for")};
}

Result<std::string> password_of(const cli::Invocation& given) {
    const auto typed = text_of(given, "password");
    const bool from_input = given.input["password-stdin"].as_bool();
    if (typed && from_input)
        return fail(Code::BadRequest, "Give --password or --password-stdin, not both");
    if (typed)
        return *typed;
    if (from_input)
        return cli::read_input_line();
    if (!cli::can_ask())
        return fail(Code::BadRequest, "A password is needed: send it to standard input with --password-stdin, or run "
                                      "this at a terminal");
    TRY(auto password, cli::ask_secret("Password"));
    TRY(const auto again, cli::ask_secret("The same again"));
    if (password != again)
        return fail(Code::BadRequest, "The two passwords differ");
    return password;
}

} // namespace landfall::app
