#include "catalog/items/provenance.hpp"
#include "catalog/vocabulary.hpp"
#include "database/table_rows.hpp"
#include "unit/catalog/catalog_fixture.hpp"

namespace landfall::catalog {
namespace {

using namespace test_support;

template<typename E>
class ProvenanceTest : public CatalogTest<E> {
protected:
    void link(const std::string& src, const std::string& dst) {
        EdgeRow edge{EdgeId::make(), this->organization_.id, {"item", src}, {"item", dst}, "derived_from", "req",
                     at_second(1)};
        this->write([&](Session& s) { return insert_edge(s, edge); });
    }
    Lineage trace(const std::string& root, LineageDirection direction, std::int64_t depth = 20) {
        LineageQuery query;
        query.organization_id = this->organization_.id;
        query.root = {"item", root};
        query.direction = direction;
        query.max_depth = depth;
        return this->got([&](Session& s) { return trace_lineage(s, query); });
    }
    static std::string names(const Lineage& lineage) {
        std::string out;
        for (const LineageNode& node : lineage.nodes)
            out += fmt::format("{}{} ", node.entity.id, node.depth);
        return out;
    }
};

TYPED_TEST_SUITE(ProvenanceTest, Engines, EngineName);

TYPED_TEST(ProvenanceTest, WalksUpDownAndBothWithTheLeastDepth) {
    this->link("c", "b");
    this->link("b", "a");
    this->link("c", "a");
    this->link("d", "c");
    this->link("sibling", "a");
    EXPECT_EQ(this->names(this->trace("c", LineageDirection::Up)), "c0 a1 b1 ");
    EXPECT_EQ(this->names(this->trace("c", LineageDirection::Down)), "c0 d1 ");
    EXPECT_EQ(this->names(this->trace("c", LineageDirection::Both)), "c0 a1 b1 d1 ");
    EXPECT_EQ(this->names(this->trace("a", LineageDirection::Down)), "a0 b1 c1 sibling1 d2 ");
    EXPECT_EQ(this->names(this->trace("d", LineageDirection::Up, 1)), "d0 c1 ");
    EXPECT_EQ(this->trace("c", LineageDirection::Up).edges.size(), 3U);
}

TYPED_TEST(ProvenanceTest, CutsCycles) {
    this->link("a", "b");
    this->link("b", "c");
    this->link("c", "a");
    const Lineage lineage = this->trace("a", LineageDirection::Both, 50);
    EXPECT_EQ(lineage.edges.size(), 3U);
    EXPECT_EQ(lineage.nodes.size(), 3U);
}

TYPED_TEST(ProvenanceTest, TheSameEdgeIsKeptOnceAndOtherOrganizationsSeeNone) {
    EdgeRow edge{EdgeId::make(), this->organization_.id, {"item", "x"}, {"upload", "y"}, "derived_from", "r",
                 at_second(1)};
    this->write([&](Session& s) { return insert_edge(s, edge); });
    edge.id = EdgeId::make();
    this->write([&](Session& s) { return insert_edge(s, edge); });
    const auto origins = this->got([&](Session& s) { return list_origins(s, this->organization_.id, {"item", "x"}); });
    ASSERT_EQ(origins.size(), 1U);
    EXPECT_EQ(origins[0].dst, (Entity{"upload", "y"}));
    EXPECT_TRUE(this->got([&](Session& s) { return list_origins(s, OrganizationId::make(), {"item", "x"}); }).empty());
}

} // namespace
} // namespace landfall::catalog
