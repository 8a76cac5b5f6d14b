#include "storage/s3/credentials.hpp"
#include "unit/storage/store_fixture.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace landfall::storage {
namespace {

const Timestamp kNow = parse_rfc3339("2026-05-18T04:21:00Z").value();

VariableOf variables(std::map<std::string, std::string> all) {
    all.emplace("AWS_EC2_METADATA_DISABLED", "true");
    return [all = std::move(all)](const std::string& name) -> std::optional<std::string> {
        const auto found = all.find(name);
        return found == all.end() ? std::nullopt : std::optional(found->second);
    };
}

Result<S3Credentials> found_by(const S3Settings& settings, const VariableOf& variable) {
    static const ManualClock clock(kNow);
    return CredentialChain(credential_sources(settings, variable), clock).now();
}

TEST(Credentials, OfTheSettingsComeBeforeThoseOfTheEnvironment) {
    S3Settings settings;
    const auto variable =
        variables({{"AWS_ACCESS_KEY_ID", "env"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "t"}});
    EXPECT_EQ(found_by(settings, variable)->access_key_id, "env");
    EXPECT_EQ(found_by(settings, variable)->session_token, "t");
    settings.access_key = "own";
    settings.secret_key = "secret";
    EXPECT_EQ(found_by(settings, variable)->access_key_id, "own");
    EXPECT_EQ(found_by(settings, variable)->session_token, "");
}

TEST(Credentials, OfTheSharedFileAreThoseOfTheProfile) {
    const TemporaryDirectory directory;
    fs::create_directories(directory / ".aws");
    std::ofstream(directory / ".aws/credentials")
        << "# mine\n[default]\naws_access_key_id = first\n"
           "aws_secret_access_key = s1\n[maps]\r\nAWS_ACCESS_KEY_ID=second\r\n"
           "aws_secret_access_key = s=2 \naws_session_token = t2\n";
    const std::string home = directory / "";
    EXPECT_EQ(found_by({}, variables({{"HOME", home}}))->secret, "s1");
    const auto named = found_by({}, variables({{"HOME", home}, {"AWS_PROFILE", "maps"}}));
    ASSERT_TRUE(named);
    EXPECT_EQ(named->access_key_id, "second");
    EXPECT_EQ(named->secret, "s=2");
    EXPECT_EQ(named->session_token, "t2");
    EXPECT_EQ(code_of(found_by({}, variables({{"HOME", home}, {"AWS_PROFILE", "none"}}))), Code::Unavailable);
}

TEST(Credentials, ThatNobodyHasAreSaidToBeMissing) {
    const auto none = found_by({}, variables({}));
    ASSERT_FALSE(none);
    EXPECT_NE(none.error().cause.find("AWS_ACCESS_KEY_ID"), std::string::npos);
}

TEST(Credentials, OfAWebIdentityWithoutItsTokenAreAFailure) {
    EXPECT_EQ(
        code_of(found_by({}, variables({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent"}, {"AWS_ROLE_ARN", "r"}}))),
        Code::Unavailable);
}

class Renewal : public testing::Test {
protected:
    CredentialSource source() {
        return [this]() -> Result<std::optional<S3Credentials>> {
            ++fetched_;
            if (!able_)
                return fail(Code::Unavailable, "away");
            return S3Credentials{"key" + std::to_string(fetched_), "s", "", clock_.now() + std::chrono::hours(1)};
        };
    }

    ManualClock clock_{kNow};
    int fetched_ = 0;
    bool able_ = true;
    CredentialChain chain_{{source()}, clock_};
};

TEST_F(Renewal, ComesFiveMinutesBeforeTheEnd) {
    EXPECT_EQ(chain_.now()->access_key_id, "key1");
    clock_.advance(std::chrono::minutes(54));
    EXPECT_EQ(chain_.now()->access_key_id, "key1");
    clock_.advance(std::chrono::minutes(2));
    EXPECT_EQ(chain_.now()->access_key_id, "key2");
}

TEST_F(Renewal, ThatFailsLeavesWhatStillLasts) {
    ASSERT_TRUE(chain_.now());
    able_ = false;
    clock_.advance(std::chrono::minutes(57));
    EXPECT_EQ(chain_.now()->access_key_id, "key1");
    clock_.advance(std::chrono::minutes(4));
    EXPECT_EQ(code_of(chain_.now()), Code::Unavailable);
}

TEST_F(Renewal, ComesWhenTheStoreSaysThatTheyHaveEnded) {
    const auto first = chain_.now().value();
    chain_.refuse(first);
    EXPECT_EQ(chain_.now()->access_key_id, "key2");
    chain_.refuse(first); // of others that asked with the old ones
    EXPECT_EQ(chain_.now()->access_key_id, "key2");
}

} // namespace
} // namespace landfall::storage
