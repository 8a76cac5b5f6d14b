#include "catalog/items/object.hpp"
#include "catalog/work/job_link.hpp"
#include "unit/catalog/catalog_fixture.hpp"

namespace landfall::catalog {
namespace {

using namespace test_support;

template<typename E>
class JobLinkTest : public CatalogTest<E> {
protected:
    JobRow enqueue(std::int64_t second, const std::string& kind = "item.cog") {
        JobRow row;
        row.id = JobId::make();
        row.kind = kind;
        row.organization_id = this->organization_.id;
        row.run_after = row.created_at = row.updated_at = at_second(second);
        this->wrote([&](Session& s) { return enqueue_job(s, row); });
        return row;
    }
    JobLinkRow reads(const JobId& job, const std::string& asset) {
        return {job, JobRole::Input, {"asset", asset}, this->organization_.id};
    }
    JobBlobRow blob(const JobId& job, JobRole role, const std::string& key) {
        return {job, role, "list", this->organization_.id, key, 7, "abc", at_second(1)};
    }
    std::vector<std::string> spent(std::int64_t second) {
        const auto rows = this->got([&](Session& s) { return list_spent_job_blobs(s, at_second(second), 100); });
        std::vector<std::string> keys;
        for (const auto& row : rows)
            keys.push_back(row.blob_key);
        std::sort(keys.begin(), keys.end());
        return keys;
    }
};

TYPED_TEST_SUITE(JobLinkTest, Engines, EngineName);

TYPED_TEST(JobLinkTest, TheNewestJobThatReadsAThingIsFoundByIt) {
    const JobRow first = this->enqueue(1);
    const JobRow second = this->enqueue(2);
    const JobRow other = this->enqueue(3, "item.scan");
    this->write([&](Session& s) -> Status {
        for (const auto& job : {first, second, other, second})
            CHECK_OK(insert_job_link(s, this->reads(job.id, "as_1")));
        return insert_job_link(s, {first.id, JobRole::Output, {"asset", "as_2"}, this->organization_.id});
    });
    const auto find = [&](const JobLinkRow& link) {
        const auto job = this->got([&](Session& s) { return find_job_of(s, "item.cog", link); });
        return job ? std::optional(job->id) : std::nullopt;
    };
    EXPECT_EQ(find(this->reads({}, "as_1")), second.id);
    EXPECT_EQ(find(this->reads({}, "as_2")), std::nullopt) << "it is made, not read";
    EXPECT_EQ(find({{}, JobRole::Output, {"asset", "as_2"}, this->organization_.id}), first.id);
    EXPECT_EQ(find({{}, JobRole::Input, {"asset", "as_1"}, OrganizationId::make()}), std::nullopt);
    EXPECT_EQ(this->got([&](Session& s) { return list_job_links(s, first.id, JobRole::Output); }),
              (std::vector<Entity>{{"asset", "as_2"}}));
}

TYPED_TEST(JobLinkTest, BlobsLiveAsLongAsTheirJobNeedsThem) {
    const JobRow job = this->enqueue(1);
    this->write([&](Session& s) -> Status {
        CHECK_OK(insert_job_blob(s, this->blob(job.id, JobRole::Input, "in")));
        return insert_job_blob(s, this->blob(job.id, JobRole::Output, "out"));
    });
    EXPECT_FALSE(
        this->db_->write([&](Session& s) { return insert_job_blob(s, this->blob(job.id, JobRole::Input, "x")); }));
    const auto known = [&](const char* key) { return this->got([&](Session& s) { return blob_is_known(s, key); }); };
    EXPECT_TRUE(known("in"));
    EXPECT_TRUE(this->spent(1000).empty());
    const auto found = this->got([&](Session& s) { return find_job_blob(s, job.id, JobRole::Input, "list"); });
    EXPECT_EQ(found->blob_key, "in");
    EXPECT_EQ(found->size, 7);
    this->wrote([&](Session& s) { return lease_next_job(s, {"w", {}, at_second(10), at_second(20)}); });
    EXPECT_TRUE(this->spent(1000).empty());
    this->wrote([&](Session& s) { return finish_job(s, job.id, "w", "{}", at_second(11)); });
    EXPECT_EQ(this->spent(11), std::vector<std::string>{"in"});
    EXPECT_EQ(this->spent(12), (std::vector<std::string>{"in", "out"}));
    EXPECT_TRUE(this->wrote([&](Session& s) { return delete_job_blob(s, *found); }));
    EXPECT_FALSE(known("in"));
    EXPECT_TRUE(known("out"));
}

} // namespace
} // namespace landfall::catalog
