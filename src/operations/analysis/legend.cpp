#include "domain/analysis/legends.hpp"
#include "operations/registry/registry.hpp"
#include "operations/registry/resources.hpp"
#include "operations/view.hpp"

namespace landfall::operations {
namespace {

constexpr std::string_view kFormats[] = {"json"};

struct ItemLegendInput : ValueFields, LookFields {
    std::string format = "json";
};
constexpr auto describe(schema::Of<ItemLegendInput>) {
    return schema::joined(schema::joined(describe(schema::Of<ValueFields>{}), describe(schema::Of<LookFields>{})),
                          schema::fields(schema::field("format", &ItemLegendInput::format, {.one_of = kFormats})));
}

struct LegendEntryOutput {
    std::optional<double> value;
    std::string label, color;
    bool blends = false;
};
constexpr auto describe(schema::Of<LegendEntryOutput>) {
    using schema::field;
    using T = LegendEntryOutput;
    return schema::fields(field("value", &T::value, {.text = "null for the channels of a picture"}),
                          field("label", &T::label, {.required = true}),
                          field("color", &T::color, {.text = "#rrggbb or #rrggbbaa", .required = true}),
                          field("blends", &T::blends, {.text = "The colours up to the next entry lie between both"}));
}

struct ItemLegendOutput {
    std::vector<LegendEntryOutput> entries;
};
constexpr auto describe(schema::Of<ItemLegendOutput>) {
    return schema::fields(schema::field("entries", &ItemLegendOutput::entries,
                                        {.text = "From the lowest value to the highest", .required = true}));
}

constexpr OperationSpec kLegend{
    .id = "items.legend",
    .scope = "items:read",
    .side_effect = SideEffect::Read,
    .summary = "Tell what the colours of an item's tiles mean.",
    .errors = Code::Gone | Code::Unavailable,
    .is_extension = true,
};

Result<ItemLegendOutput> legend(domain::Call& call, const ItemLegendInput& in) {
    domain::View view;
    assign(static_cast<const ValueFields&>(in), view);
    CHECK_OK(assign(static_cast<const LookFields&>(in), view));
    TRY(const auto entries, domain::read_legend(call, view));
    ItemLegendOutput out;
    out.entries.reserve(entries.size());
    for (const auto& entry : entries)
        out.entries.push_back({entry.value, entry.label, imagery::to_hex(entry.color), entry.blends});
    return out;
}

} // namespace

void add_legend(Registry& registry) {
    registry.free_read(kLegend, legend, Pace::Slow);
}

} // namespace landfall::operations
