#include "app/config.hpp"
#include "support/test_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <gmock/gmock.h>

namespace landfall::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string file_with(const testing::PrivateFolder& folder, const std::string& text) {
    const std::string path = folder / "landfall.toml";
    std::ofstream(path) << text;
    return path;
}

Setting setting_of(const LoadedConfig& loaded, const std::string& name) {
    const auto found = std::ranges::find(loaded.settings, name, &Setting::name);
    return found == loaded.settings.end() ? Setting() : *found;
}

/// Why the sources are refused; empty if they are not.
std::string refusal(const ConfigSources& sources) {
    const auto loaded = load_config(sources);
    return loaded ? "" : loaded.error().message;
}

TEST(LoadConfig, WithoutSourcesEverySettingHasItsDefault) {
    const auto loaded = load_config({});
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->config.listen, "127.0.0.1:8080");
    EXPECT_EQ(loaded->settings.size(), setting_schemas().size());
    EXPECT_TRUE(std::ranges::all_of(loaded->settings, [](const Setting& s) { return s.source == "default"; }));
}

TEST(LoadConfig, AFlagBeatsTheEnvironmentWhichBeatsTheFile) {
    const testing::PrivateFolder folder;
    ConfigSources sources;
    sources.file = file_with(folder, "listen = \":1\"\nworkers = 1\ndrain_seconds = 1\n");
    sources.environment = {"LANDFALL_LISTEN=:2", "LANDFALL_WORKERS=2"};
    sources.flags = {{"listen", ":3"}};
    const auto loaded = load_config(sources);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->config.listen, ":3");
    EXPECT_EQ(loaded->config.workers, 2);
    EXPECT_EQ(loaded->config.drain_seconds, 1);
    EXPECT_EQ(setting_of(*loaded, "listen").source, "flag");
    EXPECT_EQ(setting_of(*loaded, "workers").source, "LANDFALL_WORKERS");
    EXPECT_EQ(setting_of(*loaded, "drain_seconds").source, *sources.file);
}

TEST(LoadConfig, TellsEveryFaultOfEverySourceAtOnce) {
    const testing::PrivateFolder folder;
    ConfigSources sources;
    sources.file = file_with(folder, "colour = \"red\"\n");
    sources.environment = {"LANDFALL_LISTNE=:2", "LANDFALL_WORKERS=many"};
    sources.flags = {{"public_url", "ftp://x"}};
    EXPECT_THAT(refusal(sources), AllOf(HasSubstr("colour: unknown setting"), HasSubstr("LANDFALL_LISTNE"),
                                        HasSubstr("workers: "), HasSubstr("public_url: 'ftp://x' is no origin")));
}

TEST(LoadConfig, NamesTheLineOfAFileThatIsNoToml) {
    const testing::PrivateFolder folder;
    EXPECT_THAT(refusal({.flags = {}, .file = file_with(folder, "workers = 1\nlisten = [\n1 2\n"), .environment = {}}),
                HasSubstr("line 3"));
    EXPECT_THAT(refusal({.flags = {}, .file = folder / "absent.toml", .environment = {}}), HasSubstr("is no file"));
}

TEST(LoadConfig, PassesOverVariablesOfTheClientAndOfTests) {
    ConfigSources sources;
    sources.environment = {"LANDFALL_URL=http://x", "LANDFALL_TOKEN=t", "LANDFALL_TEST_DATA=/x", "PATH=/bin"};
    EXPECT_EQ(refusal(sources), "");
}

TEST(LoadConfig, PassesOverWhatOrchestratorsSet) {
    ConfigSources sources;
    sources.environment = {"LANDFALL_PORT=tcp://10.0.0.1:80",
                           "LANDFALL_SERVICE_HOST=10.0.0.1",
                           "LANDFALL_SERVICE_PORT_HTTP=80",
                           "LANDFALL_PORT_80_TCP_ADDR=10.0.0.1",
                           "LANDFALL_DB_PORT_5432_TCP=tcp://10.0.0.2",
                           "LANDFALL_DB_SERVICE_PORT=5432"};
    EXPECT_EQ(refusal(sources), "");
    for (const char* mistake :
         {"LANDFALL_PORT=8080", "LANDFALL_HOST=x", "LANDFALL_LISTEN_PORT=80", "LANDFALL_SERVICE=x"})
        EXPECT_THAT(refusal({.flags = {}, .file = {}, .environment = {mistake}}), HasSubstr("unknown setting"))
            << mistake;
}

TEST(LoadConfig, NetworksOfProxiesAreChecked) {
    EXPECT_EQ(refusal({.flags = {{"trusted_proxies", "10.0.0.0/8,::1"}}, .file = {}, .environment = {}}), "");
    EXPECT_THAT(refusal({.flags = {{"trusted_proxies", "10.0.0.0/8,proxy"}}, .file = {}, .environment = {}}),
                HasSubstr("'proxy' is no network"));
}

TEST(LoadConfig, AnOriginLosesTheSlashesAtItsEnd) {
    for (const char* good : {"https://data.example.org/", "http://[::1]:8080", "http://a_b:1//"})
        EXPECT_EQ(refusal({.flags = {{"public_url", good}}, .file = {}, .environment = {}}), "") << good;
    for (const char* bad : {"data.example.org", "https://", "https://x/path", "https://x:0", "https://x:70000",
                            "https://user@x", "https://x?y"})
        EXPECT_THAT(refusal({.flags = {{"public_url", bad}}, .file = {}, .environment = {}}), HasSubstr("is no origin"))
            << bad;
    const auto loaded = load_config({.flags = {{"public_url", "https://x//"}}, .file = {}, .environment = {}});
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->config.public_url, "https://x");
}

TEST(LoadConfig, TlsNeedsBothFiles) {
    EXPECT_THAT(refusal({.flags = {{"tls_key", "k.pem"}}, .file = {}, .environment = {}}), HasSubstr("TLS needs both"));
}

TEST(LoadConfig, HidesThePasswordOfTheDatabase) {
    const auto loaded =
        load_config({.flags = {{"database", "postgresql://u:secret@h/d"}}, .file = {}, .environment = {}});
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->config.database, "postgresql://u:secret@h/d");
    EXPECT_THAT(setting_of(*loaded, "database").value, ::testing::Not(HasSubstr("secret")));
}

} // namespace
} // namespace landfall::app
