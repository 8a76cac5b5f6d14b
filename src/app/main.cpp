#include "app/commands.hpp"
#include "cli/client.hpp"
#include "core/output.hpp"
#include "operations/registry/registry.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

int main(int argc, char** argv) {
    using namespace landfall;
    hold_standard_descriptors();
    auto launcher = app::launcher_for({argv, static_cast<std::size_t>(argc)});
    const auto registry = operations::make_registry();
    cli::Program program("Landfall: a self-hosted platform for earth imagery",
                         fmt::format("landfall {}", LANDFALL_VERSION), cli::Terminal::of_process());
    program.add("Server commands, which open the data themselves", app::server_commands(launcher));
    program.add("Client commands (LANDFALL_URL, LANDFALL_TOKEN)", cli::client_commands(registry));
    return program.run({argv + 1, argv + argc});
}
