#pragma once
/// A folder, a server and a terminal for tests of transfers.

#include "operations/registry/registry.hpp"
#include "unit/cli/captured_terminal.hpp"
#include "unit/cli/fake_landfall.hpp"

#include <filesystem>
#include <fstream>

namespace landfall::cli::testing {

struct TransferFixture : ::testing::Test {
    FakeLandfall server;
    CapturedTerminal terminal;
    operations::Registry registry = operations::make_registry();
    std::filesystem::path folder;

    TransferFixture() {
        std::string pattern = (std::filesystem::temp_directory_path() / "landfall-cli-XXXXXX").string();
        folder = mkdtemp(pattern.data());
        terminal.environment = {{"LANDFALL_URL", server.url}, {"LANDFALL_TOKEN", "gpra_secret"}};
    }
    ~TransferFixture() override { std::filesystem::remove_all(folder); }

    std::string path(const std::string& name) const { return (folder / name).string(); }
    std::string write(const std::string& name, std::string_view bytes) const {
        std::ofstream(path(name), std::ios::binary) << bytes;
        return path(name);
    }
    std::string read(const std::string& name) const {
        std::ifstream file(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }
    int run(const std::vector<std::string>& args, std::stop_token stop = {}) {
        return run_client(args, registry, terminal.surroundings(std::move(stop)));
    }
};

} // namespace landfall::cli::testing
