#include "database/sqlite_connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <fcntl.h>
#include <random>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace landfall::database {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kStatements = 128;
constexpr auto kLockWait = std::chrono::seconds(10);
constexpr auto kStepLimit = std::chrono::seconds(30);
constexpr int kOpcodesBetweenChecks = 50'000;
constexpr int kLongestValueBytes = 256 << 20;

constexpr const char* kSettings = R"(
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA secure_delete = FAST;
PRAGMA journal_size_limit = 67108864;
)";
// A reader's pages come from the map, which SQLite ends at 2 GiB; its own cache holds what lies past that or is still
// in the write-ahead log. Both take memory only as they are used.
constexpr const char* kReaderCache = "PRAGMA cache_size = -131072; PRAGMA mmap_size = 2147418112;";
// Each piece of work runs in a savepoint, for which SQLite keeps a copy of every page it touches: in memory, not in a
// file.
constexpr const char* kWriterCache = "PRAGMA cache_size = -131072; PRAGMA temp_store = MEMORY;";

class SqliteRow final : public Row {
public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
    bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
    double real(int column) const override { return sqlite3_column_double(statement_, column); }
    std::string_view text(int column) const override {
        const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        return bytes == nullptr
                   ? std::string_view{}
                   : std::string_view(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
    }
    std::string blob(int column) const override {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        return bytes == nullptr
                   ? std::string{}
                   : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
    }

private:
    sqlite3_stmt* statement_;
};

// SQLite counts what it allocates under one lock of the process, and a thread that others have crowded out while it
// held that lock would stop every reader. Nobody asks for the count.
void count_no_memory() {
    static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)once;
}

// Short uneven pauses: a second process gets its turn between the groups of a busy server.
int wait_for_lock(void* context, int attempt) {
    auto& started = *static_cast<SteadyClock::time_point*>(context);
    const auto now = SteadyClock::now();
    if (attempt == 0)
        started = now;
    if (now - started >= kLockWait)
        return 0;
    thread_local std::minstd_rand random(std::random_device{}());
    const int longest_micros = std::min(500 + attempt * 500, 10'000);
    std::uniform_int_distribution<int> pause(100, longest_micros);
    std::this_thread::sleep_for(std::chrono::microseconds(pause(random)));
    return 1;
}

Error cannot_open(const std::string& path, std::string cause) {
    return Error{Code::Unavailable,
                 fmt::format("The database file {} cannot be opened. Check that its folder exists and that this "
                             "program may read and write it.",
                             path)}
        .because(std::move(cause));
}

Error not_usable(const std::string& path, sqlite3* db, std::string cause) {
    const int code = sqlite3_errcode(db);
    if (code != SQLITE_NOTADB && code != SQLITE_CORRUPT)
        return cannot_open(path, std::move(cause));
    return Error{Code::Unavailable,
                 fmt::format("The file {} is no SQLite database, or a damaged one. Restore it from a backup.", path)}
        .because(std::move(cause));
}

// SQLite would create it readable for everyone; its log and index files take the mode of the database file.
Status create_private(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return fail(cannot_open(path, "open: " + std::generic_category().message(errno)));
    ::close(file);
    return {};
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value))
        return sqlite3_bind_int64(statement, index, *integer);
    if (const auto* real = std::get_if<double>(&value))
        return sqlite3_bind_double(statement, index, *real);
    if (const auto* text = std::get_if<std::string>(&value))
        return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    if (const auto* blob = std::get_if<Blob>(&value))
        return sqlite3_bind_blob64(statement, index, blob->bytes.data(), blob->bytes.size(), SQLITE_STATIC);
    return sqlite3_bind_null(statement, index);
}

} // namespace

SqliteConnection::SqliteConnection(sqlite3* db) : db_(db), statements_(db, kStatements) {}

SqliteConnection::~SqliteConnection() {
    statements_.clear();
    sqlite3_close_v2(db_);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path, Mode mode,
                                                                 SqliteExtension extend) {
    if (mode == Mode::Create)
        CHECK_OK(create_private(path));
    else if (::access(path.c_str(), F_OK) != 0)
        return fail(Error{Code::NotFound, fmt::format("There is no database file {}.", path)});
    count_no_memory();
    sqlite3* db = nullptr;
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (mode == Mode::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(db));
    if (code != SQLITE_OK)
        return fail(cannot_open(path, sqlite_error(db, code, "open").cause));
    if (Status done = connection->configure(mode, extend); !done)
        return fail(not_usable(path, db, done.error().cause));
    return connection;
}

Status SqliteConnection::configure(Mode mode, SqliteExtension extend) {
    sqlite3_busy_handler(db_, wait_for_lock, &lock_wait_started_);
    sqlite3_progress_handler(
        db_, kOpcodesBetweenChecks,
        [](void* self) {
            return SteadyClock::now() > static_cast<const SqliteConnection*>(self)->step_deadline_ ? 1 : 0;
        },
        this);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_limit(db_, SQLITE_LIMIT_LENGTH, kLongestValueBytes);
    if (extend != nullptr)
        extend(db_);
    if (mode != Mode::ReadOnly)
        CHECK_OK(set_journal_mode());
    CHECK_OK(script(kSettings));
    CHECK_OK(script(mode == Mode::ReadOnly ? kReaderCache : kWriterCache));
    // Replaces SQLite's own checkpoint inside COMMIT, which would keep the callers of that commit waiting.
    sqlite3_wal_hook(
        db_,
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<SqliteConnection*>(self)->log_pages_ = pages;
            return SQLITE_OK;
        },
        this);
    return {};
}

// Entering WAL mode takes an exclusive lock for a moment without asking the busy handler in every case.
Status SqliteConnection::set_journal_mode() {
    std::string mode;
    Status done;
    const auto deadline = SteadyClock::now() + kLockWait;
    do {
        failed_ = false; // each try stands for itself
        done = query("PRAGMA journal_mode = WAL", {}, [&](const Row& row) { mode = row.str(0); });
        if (done && mode == "wal")
            return {};
        if (!done && done.error().code != Code::Unavailable)
            return done;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    } while (SteadyClock::now() < deadline);
    return done ? fail_internal("the file system does not support SQLite's WAL mode; it stays " + mode) : done;
}

Status SqliteConnection::bind(sqlite3_stmt* statement, std::string_view sql, const std::vector<Value>& parameters) {
    const int wanted = sqlite3_bind_parameter_count(statement);
    if (static_cast<std::size_t>(wanted) != parameters.size())
        return fail_internal(fmt::format("{} parameters given, {} wanted by: {}", parameters.size(), wanted, sql));
    CHECK_OK(check_parameters(parameters));
    for (int i = 0; i < wanted; ++i)
        if (const int code = bind_value(statement, i + 1, parameters[static_cast<std::size_t>(i)]); code != SQLITE_OK)
            return fail(sqlite_error(db_, code, sql));
    return {};
}

int SqliteConnection::step(sqlite3_stmt* statement) {
    step_deadline_ = SteadyClock::now() + kStepLimit;
    return sqlite3_step(statement);
}

tl::unexpected<Error> SqliteConnection::failed(int code, std::string_view sql) {
    failed_ = true;
    return fail(sqlite_error(db_, code, sql));
}

Result<SqliteStatements::Lease> SqliteConnection::start(std::string_view sql, const std::vector<Value>& parameters) {
    if (failed_)
        return fail_internal(
            fmt::format("an earlier statement of the transaction failed, so this one cannot run: {}", sql));
    auto statement = statements_.take(sql);
    failed_ = !statement;
    if (statement)
        CHECK_OK(bind(statement->get(), sql, parameters));
    return statement;
}

Status SqliteConnection::control(std::string_view sql) {
    failed_ = false;
    CHECK_OK(execute(sql, {}));
    return {};
}

Result<std::int64_t> SqliteConnection::execute(std::string_view sql, std::vector<Value> parameters) {
    TRY(const auto statement, start(sql, parameters));
    const sqlite3_int64 before = sqlite3_total_changes64(db_);
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW)
        code = step(statement.get());
    if (code != SQLITE_DONE)
        return failed(code, sql);
    // Statements other than INSERT, UPDATE and DELETE leave the count of the last of those behind.
    return sqlite3_total_changes64(db_) == before ? 0 : sqlite3_changes64(db_);
}

Status SqliteConnection::query(std::string_view sql, std::vector<Value> parameters, const RowVisitor& visit) {
    TRY(const auto statement, start(sql, parameters));
    const SqliteRow row(statement.get());
    for (;;) {
        const int code = step(statement.get());
        if (code == SQLITE_DONE)
            return {};
        if (code != SQLITE_ROW)
            return failed(code, sql);
        visit(row);
    }
}

Status SqliteConnection::script(std::string_view sql) {
    failed_ = false;
    step_deadline_ = SteadyClock::time_point::max();
    const int code = sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return fail(sqlite_error(db_, code, sql));
    return {};
}

Status SqliteConnection::copy_into(const std::string& path) {
    std::string quoted;
    for (const char c : path)
        quoted.append(c == '\'' ? 2U : 1U, c);
    return script("VACUUM INTO '" + quoted + "'");
}

Status SqliteConnection::check_soundness() {
    failed_ = false;
    step_deadline_ = SteadyClock::time_point::max();
    std::string found;
    const auto note = [](void* to, int /*columns*/, char** values, char** /*names*/) {
        *static_cast<std::string*>(to) = values[0] == nullptr ? "" : values[0];
        return 0;
    };
    const int code = sqlite3_exec(db_, "PRAGMA quick_check(1)", note, &found, nullptr);
    if (code == SQLITE_OK && found == "ok")
        return {};
    return fail(Error{Code::Conflict, "The database file is damaged."}.because(
        code == SQLITE_OK ? found : sqlite_error(db_, code, "quick_check").cause));
}

bool SqliteConnection::in_transaction() const {
    return sqlite3_get_autocommit(db_) == 0;
}

bool SqliteConnection::has_broken_references() const {
    int current = 0;
    int highest = 0;
    sqlite3_db_status(db_, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0);
    return current != 0;
}

void SqliteConnection::checkpoint(Checkpoint kind) {
    step_deadline_ = SteadyClock::time_point::max();
    sqlite3_wal_checkpoint_v2(db_, "main",
                              kind == Checkpoint::Passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART,
                              nullptr, nullptr);
    log_pages_ = 0;
}

void SqliteConnection::rest() {
    if (log_pages_ > 0)
        checkpoint(Checkpoint::Passive);
    sqlite3_db_release_memory(db_);
}

} // namespace landfall::database
