#pragma once
/// The tasks and services that the tests run in workers, and the launcher that runs them.

#include "jobs/sandbox.hpp"

namespace landfall::jobs::fixture {

/// An answer as a task of the product may have: bounded.
struct Finding {
    std::string file;
    int count = 0;
};
constexpr auto describe(schema::Of<Finding>) {
    return schema::fields(schema::field("file", &Finding::file, {.required = true, .min_length = 1, .max_length = 8}),
                          schema::field("count", &Finding::count, {.required = true, .min = 0, .max = 10}));
}
inline Status check(const Finding& finding) {
    if (finding.file.find('/') != std::string::npos)
        return fail_field("file", "A plain name.");
    return {};
}
/// A task that answers its arguments' `answer`, which may be anything.
inline constexpr schema::TaskSpec<Json, Finding> kLiar{"liar"};

/// What the test binary's workers can run.
WorkerProgram test_program();

/// The launcher that main() started before any thread.
Launcher& launcher();

/// A folder for this run's scratch files, removed at the end.
const std::string& scratch_parent();

} // namespace landfall::jobs::fixture
