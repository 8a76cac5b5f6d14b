#include "cli/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

namespace landfall::cli {
namespace {

/// What can follow some words: more words, or a command's flags.
struct Place {
    std::set<std::string> next;
    const Command* command = nullptr;
};

std::map<std::string, Place> places_of(const std::vector<Command>& commands) {
    std::map<std::string, Place> places;
    for (const Command& command : commands) {
        std::string at;
        for (const std::string& word : command.words) {
            places[at].next.insert(word);
            at += (at.empty() ? "" : " ") + word;
        }
        places[at].command = &command;
    }
    if (const auto completion = places.find("completion"); completion != places.end())
        completion->second.next = {"bash", "fish", "zsh"};
    return places;
}

std::vector<const Flag*> flags_of(const Command& command) {
    std::vector<const Flag*> flags;
    for (const auto* list : {&command.flags, &command.own_flags})
        for (const Flag& flag : *list)
            flags.push_back(&flag);
    return flags;
}

std::string candidates(const Place& place) {
    std::vector<std::string> words(place.next.begin(), place.next.end());
    if (place.command != nullptr)
        for (const Flag* flag : flags_of(*place.command))
            words.push_back("--" + flag->name);
    return fmt::format("{}", fmt::join(words, " "));
}

/// One case per place, and one per flag with choices. Both shells understand them.
std::string posix_cases(const std::map<std::string, Place>& places) {
    std::string text = "    case \"$at:$before\" in\n";
    for (const auto& [at, place] : places)
        if (place.command != nullptr)
            for (const Flag* flag : flags_of(*place.command))
                if (!flag->choices.empty())
                    text += fmt::format("        \"{}:--{}\") words=\"{}\" ;;\n", at, flag->name,
                                        fmt::join(flag->choices, " "));
    text += "        *) case \"$at\" in\n";
    for (const auto& [at, place] : places) {
        const bool operands = place.command != nullptr && place.command->operands.most > 0;
        text += fmt::format("            \"{}\"{}) words=\"{}\" ;;\n", at, operands ? fmt::format("|\"{} \"*", at) : "",
                            candidates(place));
    }
    return text + "        esac ;;\n    esac\n";
}

std::string bash_script(const std::map<std::string, Place>& places) {
    return "# bash completion of landfall; load it with: source <(landfall completion bash)\n"
           "_landfall() {\n"
           "    local at=\"\" words=\"\" i\n"
           "    local current=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        [[ ${COMP_WORDS[i]} == -* ]] && break\n"
           "        at+=\"${at:+ }${COMP_WORDS[i]}\"\n"
           "    done\n" +
           posix_cases(places) +
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "}\n"
           "complete -o default -F _landfall landfall\n";
}

std::string zsh_script(const std::map<std::string, Place>& places) {
    return "#compdef landfall\n"
           "# zsh completion of landfall; load it with: source <(landfall completion zsh)\n"
           "_landfall() {\n"
           "    local at=\"\" words_before=(${words[2,CURRENT-1]}) before=\"${words[CURRENT-1]}\" word\n"
           "    for word in $words_before; do\n"
           "        [[ $word == -* ]] && break\n"
           "        at+=\"${at:+ }$word\"\n"
           "    done\n"
           "    _landfall_candidates \"$at\" \"$before\"\n"
           "}\n"
           "_landfall_candidates() {\n"
           "    local at=\"$1\" before=\"$2\" words=\"\"\n" +
           posix_cases(places) +
           "    compadd -- ${=words} || _files\n"
           "}\n"
           "compdef _landfall landfall\n";
}

std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "'";
}

std::string fish_flag(const std::string& at, const Flag& flag) {
    std::string line = fmt::format("complete -c landfall -n '__landfall_at {}' -l {}", at, flag.name);
    if (!flag.choices.empty())
        line += fmt::format(" -x -a {}", fish_quoted(fmt::format("{}", fmt::join(flag.choices, " "))));
    else if (flag.type != FlagType::Boolean)
        line += " -r";
    return line + fmt::format(" -d {}\n", fish_quoted(flag.summary));
}

std::string fish_script(const std::map<std::string, Place>& places, const std::vector<Command>& commands) {
    std::string text = "# fish completion of landfall; load it with: landfall completion fish | source\n"
                       "function __landfall_words\n"
                       "    for word in (commandline -opc)[2..]\n"
                       "        string match -q -- '-*' $word; and break\n"
                       "        echo $word\n"
                       "    end\n"
                       "end\n"
                       "function __landfall_exactly\n"
                       "    test \"$(__landfall_words | string join ' ')\" = \"$argv\"\n"
                       "end\n"
                       "function __landfall_at\n"
                       "    string match -q -- \"$argv *\" \"$(__landfall_words | string join ' ') \"\n"
                       "end\n";
    for (const auto& [at, place] : places)
        if (!place.next.empty())
            text += fmt::format("complete -c landfall -f -n '__landfall_exactly {}' -a {}\n", at,
                                fish_quoted(fmt::format("{}", fmt::join(place.next, " "))));
    for (const Command& command : commands)
        for (const Flag* flag : flags_of(command))
            text += fish_flag(command.title(), *flag);
    return text;
}

} // namespace

Result<std::string> completion_script(std::string_view shell, const std::vector<Command>& commands) {
    const auto places = places_of(commands);
    if (shell == "bash")
        return bash_script(places);
    if (shell == "zsh")
        return zsh_script(places);
    if (shell == "fish")
        return fish_script(places, commands);
    return fail(Code::InvalidArgument, "Completion exists for bash, zsh and fish; name one of them");
}

} // namespace landfall::cli
