#include "core/xml.hpp"
#include "storage/s3/xml.hpp"

#include <gtest/gtest.h>

namespace landfall::storage {
namespace {

TEST(ReadXml, GivesElementsAndTheirText) {
    const auto root = read_xml("<?xml version=\"1.0\"?>\n<!-- a word -->\n"
                               "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                               "<Name>b</Name><Contents><Key>a&amp;b&lt;&#x41;&#228;</Key><ETag>&quot;x&quot;</ETag>"
                               "</Contents><Contents><Key>c</Key></Contents><Empty/></ListBucketResult>\n");
    ASSERT_TRUE(root);
    EXPECT_EQ(root->name, "ListBucketResult");
    EXPECT_EQ(root->text_of("Name"), "b");
    ASSERT_EQ(root->children.size(), 4U);
    EXPECT_EQ(root->children[1].text_of("Key"), "a&b<A\xC3\xA4");
    EXPECT_EQ(root->children[1].text_of("ETag"), "\"x\"");
    EXPECT_EQ(root->children[2].text_of("Key"), "c");
    EXPECT_EQ(root->text_of("Empty"), "");
    EXPECT_EQ(root->find("None"), nullptr);
}

TEST(ReadXml, TakesNamesWithoutTheirPrefix) {
    const auto root = read_xml("<s:Error xmlns:s='x'><s:Code>SlowDown</s:Code></s:Error>");
    ASSERT_TRUE(root);
    EXPECT_EQ(root->name, "Error");
    EXPECT_EQ(root->text_of("Code"), "SlowDown");
}

TEST(ReadXml, RefusesWhatIsNoDocument) {
    std::string deep;
    for (int i = 0; i < 17; ++i)
        deep += "<a>";
    for (const std::string text :
         {"", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&nothing;</a>", "<a>&#1114112;</a>", "<a>&amp</a>", "<>x</>",
          "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "</a>", "<a/>text", "<a", deep.c_str()})
        EXPECT_FALSE(read_xml(text)) << text;
}

TEST(EscapeXml, IsUndoneByReading) {
    const std::string text = "a<b>&\"c\"";
    EXPECT_EQ(read_xml("<a>" + xml_text(text) + "</a>")->text, text);
}

} // namespace
} // namespace landfall::storage
