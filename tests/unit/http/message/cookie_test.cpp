#include "http/message/cookie.hpp"

#include <gtest/gtest.h>

namespace landfall::http {
namespace {

std::optional<std::string> found(std::string_view header) {
    Request request;
    request.headers.add("Cookie", std::string(header));
    return cookie(request, "name");
}

TEST(Cookie, IsFoundByItsWholeName) {
    EXPECT_EQ(found("name=value"), "value");
    EXPECT_EQ(found("other=1; name=value; name=second"), "value");
    EXPECT_EQ(found("other=1;name=a=b"), "a=b");
    EXPECT_EQ(found("name="), "");
    for (const char* none : {"", "surname=1", "name", "names=1", ";;", "other=name=value"})
        EXPECT_EQ(found(none), std::nullopt) << none;
}

std::string set(const NewCookie& cookie) {
    Response response;
    set_cookie(response, cookie);
    return std::string(response.headers.get("Set-Cookie").value_or(""));
}

TEST(Cookie, IsSetForOurPagesAlone) {
    EXPECT_EQ(set({.name = "n", .value = "v"}), "n=v; Path=/; HttpOnly; SameSite=Strict");
    EXPECT_EQ(set({.name = "n", .value = "v", .life = std::chrono::hours(1), .secure = true}),
              "n=v; Path=/; HttpOnly; SameSite=Strict; Max-Age=3600; Secure");
    EXPECT_EQ(set({.name = "n", .value = ""}), "n=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

} // namespace
} // namespace landfall::http
