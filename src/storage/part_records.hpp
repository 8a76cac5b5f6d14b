#pragma once
/// The file in which a local store keeps what it knows of an upload's parts.

#include "core/descriptor.hpp"
#include "storage/part_store.hpp"

#include <ctime>
#include <optional>
#include <string>
#include <vector>

namespace landfall::storage {

/// A durable part and the file that holds it.
struct PartRecord {
    PartInfo info;
    std::string file; ///< `data`, or a file of its own
};

/// A slot for each number that a part may have, with two copies of its record, of which the later whole one counts: a
/// write that is torn by a crash spoils none that was acknowledged. All are read at once, and go with one file. Every
/// object has the file open for itself, and its locks are its own. One thread at a time.
class PartRecords {
public:
    static constexpr const char* kName = "records";

    /// A new file of no records in `folder`, durable but for its name.
    static Status make(int folder);
    /// NotFound if the folder has none.
    static Result<PartRecords> open(int folder);

    /// By number.
    Result<std::vector<PartRecord>> all() const;
    Result<std::optional<PartRecord>> find(int number) const;
    /// Replaces the part's record, durably, and gives the one before. NotFound if the file is gone meanwhile.
    Result<std::optional<PartRecord>> put(const PartRecord& record) const;
    /// Takes the right to write the part in place, for as long as this object lives; false if somebody has it.
    bool claim(int number) const;
    /// When the latest record came.
    Result<std::time_t> changed_at() const;

private:
    explicit PartRecords(Descriptor file) : file_(std::move(file)) {}

    Descriptor file_;
};

} // namespace landfall::storage
