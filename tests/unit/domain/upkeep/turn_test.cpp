#include "domain/upkeep/turn.hpp"
#include "support/domain_fixture.hpp"

namespace landfall::domain {
namespace {

constexpr std::chrono::minutes kEvery{60};

class TurnTest : public testing::DomainTest {
protected:
    std::unique_ptr<Turn> take(const std::string& name = "clean-up") {
        auto turn = Turn::take(transactor, clock, name, kEvery);
        EXPECT_TRUE(turn.has_value());
        return turn ? std::move(*turn) : nullptr;
    }
};

TEST_F(TurnTest, IsOneServersAtATime) {
    auto first = take();
    ASSERT_TRUE(first);
    EXPECT_FALSE(take());
    EXPECT_TRUE(take("something else"));
}

TEST_F(TurnTest, ComesAgainOnlyAfterAWhile) {
    ASSERT_TRUE(take());
    clock.advance(kEvery - std::chrono::seconds(1));
    EXPECT_FALSE(take());
    clock.advance(std::chrono::seconds(1));
    EXPECT_TRUE(take());
}

TEST_F(TurnTest, OfAKilledServerIsFreeWithinMinutes) {
    wrote([&](database::Session& s) {
        return s.run("INSERT INTO upkeep_turn (name, holder, held_until, done_at) VALUES ('clean-up', 'gone', ?1, 0)",
                     clock.now() + Turn::kLasts);
    });
    EXPECT_FALSE(take());
    clock.advance(Turn::kLasts);
    EXPECT_TRUE(take());
}

} // namespace
} // namespace landfall::domain
