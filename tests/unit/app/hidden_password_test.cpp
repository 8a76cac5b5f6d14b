#include "app/hidden_password.hpp"

#include <gtest/gtest.h>

namespace landfall::app {
namespace {

TEST(HiddenPassword, HidesItInAUrl) {
    EXPECT_EQ(hidden_password("postgresql://u:se:c@ret@h:5432/db?x=1"), "postgresql://u:***@h:5432/db?x=1");
    EXPECT_EQ(hidden_password("postgresql://h/db?password=secret&user=u"), "postgresql://h/db?password=***&user=u");
}

TEST(HiddenPassword, HidesItInLibpqsForm) {
    EXPECT_EQ(hidden_password("host=h password=secret dbname=d"), "host=h password=*** dbname=d");
    EXPECT_EQ(hidden_password("password = 'it\\'s secret' sslpassword=x"), "password = *** sslpassword=***");
    EXPECT_EQ(hidden_password("host=h password='never closed"), "host=h password=***");
}

TEST(HiddenPassword, LeavesAddressesWithoutOneAsTheyAre) {
    for (const auto* const address :
         {"", "sqlite:/var/lib/password/c.db", "postgresql://u@h/db", "postgresql://[::1]:5432/db",
          "host=/run/postgresql user=password dbname=x", "postgresql://h:5432/a@b:c"})
        EXPECT_EQ(hidden_password(address), address);
}

} // namespace
} // namespace landfall::app
