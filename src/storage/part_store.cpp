#include "storage/part_store.hpp"

#include "core/digest.hpp"
#include "storage/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace landfall::storage {

Status check_part_number(int number) {
    if (number < 1 || number > kMostParts)
        return fail(Code::InvalidArgument, fmt::format("A part's number is between 1 and {}.", kMostParts));
    return {};
}

Status check_part_plan(const PartPlan& plan) {
    if (plan.part_size && *plan.part_size <= 0)
        return fail(Code::InvalidArgument, "The size of parts must be positive.");
    return {};
}

Result<std::vector<PartInfo>> choose_parts(const std::vector<PartInfo>& all, std::span<const int> numbers) {
    if (numbers.empty())
        return fail(Code::InvalidArgument, "Name at least one part.");
    std::vector<PartInfo> chosen;
    int before = 0;
    for (const int number : numbers) {
        if (number <= before)
            return fail(Code::InvalidArgument, "The numbers of the parts must ascend from 1.");
        before = number;
        const auto found = std::ranges::lower_bound(all, number, {}, &PartInfo::number);
        if (found == all.end() || found->number != number)
            return fail(Code::NotFound, fmt::format("Part {} has not been uploaded.", number));
        chosen.push_back(*found);
    }
    return chosen;
}

Result<BlobInfo> composite_info(std::string_view key, std::span<const PartInfo> parts) {
    Digest of_all(DigestKind::Md5);
    BlobInfo info;
    info.key = key;
    for (const PartInfo& part : parts) {
        of_all.update(std::as_bytes(std::span(part.md5)));
        info.size += part.size;
        ++info.parts;
    }
    TRY(info.md5, of_all.value());
    return info;
}

Status check_selected(const PartSelection& selection, const BlobInfo& info) {
    if (!selection.md5.empty() && selection.md5 != info.md5)
        return part_changed();
    return {};
}

} // namespace landfall::storage
