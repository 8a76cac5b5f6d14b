#include "stac/input/external_href.hpp"

#include <gtest/gtest.h>

namespace landfall::stac {
namespace {

catalog::CollectionRow with_prefixes(const char* prefixes) {
    catalog::CollectionRow row;
    row.external_prefixes = prefixes;
    return row;
}

TEST(ExternalHrefs, AreComparedByOriginAndWholeSegments) {
    const auto row = with_prefixes(R"(["https://data.example.org/tiles","https://other.example.org"])");
    for (const char* href : {"https://data.example.org/tiles", "https://data.example.org/tiles/a.tif",
                             "https://DATA.example.org:443/tiles/a.tif", "https://other.example.org/any/b.tif"})
        EXPECT_TRUE(check_external_href({}, row, href).has_value()) << href;
    for (const char* href :
         {"https://data.example.org/tilesets/a.tif", "https://data.example.org.evil.example/tiles/a.tif",
          "https://data.example.org:8443/tiles/a.tif", "https://data.example.org/tiles/../secret",
          "https://data.example.org/tiles/%2e%2e/secret", "https://user@data.example.org/tiles/a.tif",
          "http://data.example.org/tiles/a.tif", "https://data.example.org/", "ftp://data.example.org/tiles/a"})
        EXPECT_FALSE(check_external_href({}, row, href).has_value()) << href;
}

TEST(ExternalHrefs, MayBePlainWhereTheOperatorNamesTheHost) {
    const auto row = with_prefixes(R"(["http://127.0.0.1:8000/files"])");
    domain::StacSettings settings;
    EXPECT_FALSE(check_external_href(settings, row, "http://127.0.0.1:8000/files/a.tif").has_value());
    settings.outbound_hosts = {"127.0.0.1"};
    EXPECT_TRUE(check_external_href(settings, row, "http://127.0.0.1:8000/files/a.tif").has_value());
}

} // namespace
} // namespace landfall::stac
