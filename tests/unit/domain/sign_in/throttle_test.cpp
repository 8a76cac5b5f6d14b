#include "domain/sign_in/throttle.hpp"
#include "support/domain_fixture.hpp"

#include <fmt/format.h>

namespace landfall::domain {
namespace {

using namespace std::chrono_literals;
using testing::code_of;

class Throttle : public testing::DomainTest {
protected:
    Status check(const Attempt& attempt) {
        return services.database.read([&](database::Session& s) { return check_throttle(s, attempt, clock.now()); });
    }
    void fail_with(const Attempt& attempt, int times) {
        for (int i = 0; i < times; ++i)
            ASSERT_TRUE(transactor.run([&](database::Session& s) { return note_failure(s, attempt, clock.now()); }));
    }
    void succeed_with(const Attempt& attempt) {
        ASSERT_TRUE(transactor.run([&](database::Session& s) { return note_success(s, attempt, clock.now()); }));
    }
    int seconds(const Attempt& attempt) {
        const auto status = check(attempt);
        return status ? 0 : status.error().retry_after_seconds;
    }
};

TEST_F(Throttle, LetsAnAddressWaitUntilTheQuarterIsOver) {
    const Attempt here = attempt_of("192.0.2.1");
    fail_with(here, 9);
    clock.advance(5min);
    fail_with(here, 1);
    EXPECT_EQ(seconds(here), 600);
    EXPECT_EQ(seconds(attempt_of("192.0.2.2")), 0);
    clock.advance(10min);
    EXPECT_EQ(seconds(here), 0);
    fail_with(here, 1);
    EXPECT_EQ(seconds(here), 0) << "it counts anew";
}

TEST_F(Throttle, ForgetsFailuresOfAnAddressThatSucceeds) {
    const Attempt here = attempt_of("192.0.2.1");
    fail_with(here, 9);
    succeed_with(here);
    fail_with(here, 9);
    EXPECT_EQ(seconds(here), 0);
}

TEST_F(Throttle, LetsNewAddressesOfAnAttackedAccountWaitEverLonger) {
    catalog::UserRow user;
    user.id = *new_user(auth::OrganizationRole::Member).user_id;
    const auto from = [&](int host) { return attempt_of(fmt::format("192.0.2.{}", host), "Ada@example.org", user); };
    succeed_with(from(1));
    for (int host = 2; host < 12; ++host)
        fail_with(from(host), 1);
    EXPECT_EQ(seconds(from(200)), 1);
    fail_with(from(12), 3);
    EXPECT_EQ(seconds(from(200)), 8);
    fail_with(from(13), 9);
    fail_with(from(14), 9);
    EXPECT_EQ(seconds(from(200)), 60) << "never longer";
    EXPECT_EQ(seconds(from(1)), 0) << "it signed in from there before";
    clock.advance(60s);
    EXPECT_EQ(seconds(from(200)), 0);
    clock.advance(91 * 24h);
    fail_with(from(15), 9);
    fail_with(from(16), 1);
    EXPECT_EQ(seconds(from(1)), 1) << "that was long ago";
}

TEST_F(Throttle, CountsNamesWithoutCase) {
    fail_with(attempt_of("192.0.2.1", "ADA@example.org"), 5);
    fail_with(attempt_of("192.0.2.2", "ada@EXAMPLE.org"), 5);
    EXPECT_EQ(code_of(check(attempt_of("192.0.2.3", "ada@example.org"))), Code::ResourceExhausted);
    EXPECT_TRUE(check(attempt_of("192.0.2.3", "eva@example.org")));
}

} // namespace
} // namespace landfall::domain
