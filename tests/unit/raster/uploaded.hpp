#pragma once
/// Probing in tests the way the server does it: sniff, group, copy under chosen names, probe.

#include "imagery/sidecars.hpp"
#include "imagery/sniff.hpp"
#include "raster/probe/probe.hpp"
#include "raster/vocabulary.hpp"
#include "support/test_data.hpp"

#include <string>
#include <vector>

namespace landfall::raster {

struct UploadedFile {
    std::string name;
    std::string bytes;
};

/// Probes the first file with the others as its sidecars.
inline Result<Facts> probe_uploaded(const std::vector<UploadedFile>& files, bool categorical_hint = false,
                                    const ProbeBudgets& budgets = {}) {
    const landfall::testing::PrivateFolder folder;
    const UploadedFile& primary = files.front();
    TRY(const Sniffed what,
        sniff(std::string_view(primary.bytes).substr(0, kSniffBytes), primary.name, primary.bytes.size()));
    ProbeRequest request;
    request.folder = folder.str();
    request.file = what.safe_name;
    request.original_name = primary.name;
    request.categorical_hint = categorical_hint;
    request.budgets = budgets;
    landfall::testing::write_bytes(folder / what.safe_name, primary.bytes);
    for (std::size_t i = 1; i < files.size(); ++i) {
        request.sidecars.push_back(safe_sidecar_name(files[i].name, what.safe_name));
        landfall::testing::write_bytes(folder / request.sidecars.back(), files[i].bytes);
    }
    return probe(request, {});
}

} // namespace landfall::raster
