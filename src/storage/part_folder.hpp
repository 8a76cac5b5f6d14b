#pragma once
/// The directory of one upload of parts in a local store: its files, records and locks. See local_parts.hpp.

#include "core/descriptor.hpp"
#include "storage/part_records.hpp"

#include <optional>
#include <string>

namespace landfall::storage {

/// Names in an upload's directory. One thread at a time.
class PartFolder {
public:
    static constexpr const char* kData = "data";

    /// Makes `name` in `parts`, durable once this returns, with all that an upload begins with.
    static Status make(int parts, const std::string& name, const PartPlan& plan);
    /// NotFound without such an upload.
    static Result<PartFolder> open(int parts, const std::string& name);
    /// Takes the folder away; what is not there is no failure. From its first step on the upload is gone.
    static Status remove(int parts, const std::string& name);

    /// A lock of all who write parts; false while the upload is being completed.
    bool lock_shared() const;
    /// The lock of who needs the folder to itself; false while anybody writes.
    bool lock_alone() const;

    Result<PartPlan> plan() const;
    Result<PartRecords> records() const;
    /// Replaces the part's record durably and drops the file that only the earlier one named.
    Status put_record(const PartRecord& record) const;

    /// `data` for writing; nothing if there is none.
    Result<std::optional<Descriptor>> open_data() const;
    /// A new file for a part.
    Result<Descriptor> create_file(const std::string& name) const;
    Result<Descriptor> open_file(const std::string& name) const;
    void discard_file(const std::string& name) const;
    std::string new_file_name(int number) const;

    int descriptor() const { return directory_.get(); }

private:
    explicit PartFolder(Descriptor directory) : directory_(std::move(directory)) {}

    Descriptor directory_;
};

} // namespace landfall::storage
