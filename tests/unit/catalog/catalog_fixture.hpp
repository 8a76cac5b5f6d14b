#pragma once
/// A fresh catalog on each engine with one organization and one project, and short ways to put things in.

#include "catalog/items/item.hpp"
#include "catalog/migrations/schema.hpp"
#include "catalog/tenancy/organization.hpp"
#include "catalog/tenancy/project.hpp"
#include "catalog/tenancy/user.hpp"
#include "schema/json.hpp"
#include "unit/database/database_engines.hpp"

#include <fmt/format.h>

namespace landfall::catalog::test_support {

using namespace database::test_support;

inline Timestamp at_second(std::int64_t second) {
    return from_micros(second * 1'000'000);
}

template<typename EngineUnderTest>
class CatalogTest : public testing::Test {
protected:
    void SetUp() override {
        if (!EngineUnderTest::available())
            GTEST_SKIP() << kNoPostgres;
        engine_ = std::make_unique<EngineUnderTest>();
        auto opened = catalog::open({.url = engine_->url(), .readers = 4});
        ASSERT_TRUE(opened) << opened.error().cause;
        db_ = std::move(*opened);
        organization_.id = OrganizationId::make();
        organization_.name = "Org";
        organization_.slug = organization_.id.str();
        project_.id = ProjectId::make();
        project_.organization_id = organization_.id;
        project_.name = "Project";
        write([&](Session& s) -> Status {
            CHECK_OK(insert_organization(s, organization_));
            return insert_project(s, project_);
        });
    }

    /// Writes and expects success.
    void write(const std::function<Status(Session&)>& work) {
        const Status done = db_->write(work);
        ASSERT_TRUE(done) << done.error().message << " | " << done.error().cause;
    }
    /// The answer of a write that succeeds.
    template<typename Work>
    auto wrote(Work work) {
        auto out = db_->write_for(work);
        EXPECT_TRUE(out) << (out ? "" : out.error().message + " | " + out.error().cause);
        return *std::move(out);
    }
    template<typename Work>
    auto got(Work work) {
        auto out = db_->read_for(work);
        EXPECT_TRUE(out) << (out ? "" : out.error().message + " | " + out.error().cause);
        return *std::move(out);
    }

    ItemRow new_item(std::int64_t second) const {
        ItemRow row;
        row.id = ItemId::make();
        row.organization_id = organization_.id;
        row.project_id = project_.id;
        row.stac_id = row.id.str();
        row.type = "user_raster";
        row.name = fmt::format("item {}", second);
        row.created_at = row.updated_at = at_second(second);
        row.record = fmt::format(R"({{"id":"{}"}})", row.id.str());
        row.document = R"({"type":"Feature"})";
        return row;
    }

    std::unique_ptr<EngineUnderTest> engine_;
    std::unique_ptr<Database> db_;
    OrganizationRow organization_;
    ProjectRow project_;
};

} // namespace landfall::catalog::test_support
