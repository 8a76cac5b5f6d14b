#include "http/message/form.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace landfall::http {
namespace {

Result<Form> form(std::string body, const std::string& type = "application/x-www-form-urlencoded") {
    Request request;
    request.headers.add("Content-Type", type);
    request.body = std::move(body);
    return Form::of(request);
}

TEST(Form, GivesDecodedFields) {
    const auto read = form("a=1&b+c=d%20e%26&empty=&noValue&%C3%BC=%C3%A4");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->get("a"), "1");
    EXPECT_EQ(read->get("b c"), "d e&");
    EXPECT_EQ(read->get("empty"), "");
    EXPECT_EQ(read->get("noValue"), "");
    EXPECT_EQ(read->get("\xC3\xBC"), "\xC3\xA4");
    EXPECT_EQ(read->get("absent"), "");
    EXPECT_TRUE(form(""));
}

TEST(Form, TakesAnyParameterOfItsType) {
    EXPECT_TRUE(form("a=1", "Application/X-WWW-Form-URLencoded; charset=UTF-8"));
    EXPECT_FALSE(form("a=1", "application/json"));
    EXPECT_FALSE(form("a=1", ""));
}

TEST(Form, RefusesWhatCouldBeReadTwoWays) {
    EXPECT_FALSE(form("a=1&a=2"));
    EXPECT_FALSE(form("a=%zz"));
    EXPECT_FALSE(form("a=%"));
    EXPECT_FALSE(form("a=%FF"));
    std::string many;
    for (int i = 0; i < 101; ++i)
        many += "f" + std::to_string(i) + "=x&";
    EXPECT_FALSE(form(many));
}

} // namespace
} // namespace landfall::http
