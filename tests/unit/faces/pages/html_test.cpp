#include "faces/pages/html.hpp"

#include <gtest/gtest.h>

namespace landfall::faces::pages {
namespace {

TEST(Html, EscapesTextAndNothingElse) {
    Html out;
    out << "<b title=\"" << std::string("\"><script>") << "\">" << std::string_view("a & 'b' < c") << "</b>";
    EXPECT_EQ(out.str(), "<b title=\"&quot;&gt;&lt;script&gt;\">a &amp; &#39;b&#39; &lt; c</b>");
}

TEST(Html, ShowsNoControlCharactersAndNoBrokenText) {
    Html out;
    out << std::string("a\x01"
                       "b\x7F\n\xFF");
    EXPECT_EQ(out.str(), "a b \n\xEF\xBF\xBD");
}

} // namespace
} // namespace landfall::faces::pages
