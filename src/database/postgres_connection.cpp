#include "database/postgres_connection.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <array>
#include <poll.h>

namespace landfall::database {
namespace {

constexpr std::size_t kStatements = 256;
constexpr std::size_t kMostUnsent = 64; // commands at a time
constexpr const char* kBeginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
constexpr const char* kBeginSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
// Compiling a search takes longer than running it, and the planner compiles whatever it believes to be costly.
constexpr const char* kSettings = R"(
SET jit = off;
SET statement_timeout = '30s';
SET lock_timeout = '10s';
SET idle_in_transaction_session_timeout = '60s';
SET client_min_messages = error;
SET standard_conforming_strings = on;
SET bytea_output = hex;
SET extra_float_digits = 1;
)";

/// Parameters as libpq takes them: text, but blobs in binary.
class Bound {
public:
    explicit Bound(const std::vector<Value>& parameters) {
        numbers_.reserve(parameters.size()); // pointers into it must stay
        for (const Value& value : parameters)
            add(value);
    }
    int size() const { return static_cast<int>(values_.size()); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    void add(const Value& value) {
        if (const auto* integer = std::get_if<std::int64_t>(&value))
            add_text(numbers_.emplace_back(std::to_string(*integer)));
        else if (const auto* real = std::get_if<double>(&value))
            add_text(numbers_.emplace_back(fmt::format("{}", *real)));
        else if (const auto* text = std::get_if<std::string>(&value))
            add_text(*text);
        else if (const auto* blob = std::get_if<Blob>(&value))
            push(blob->bytes.data(), static_cast<int>(blob->bytes.size()), 1);
        else
            push(nullptr, 0, 0);
    }
    void add_text(const std::string& text) { push(text.c_str(), 0, 0); }
    void push(const char* value, int length, int format) {
        values_.push_back(value);
        lengths_.push_back(length);
        formats_.push_back(format);
    }

    std::vector<std::string> numbers_;
    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
};

bool succeeded(const PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

// Of SELECT PostgreSQL counts the rows too; nothing was changed by it.
std::int64_t changed_rows(PGresult* result) {
    if (std::string_view(PQcmdStatus(result)).starts_with("SELECT"))
        return 0;
    return std::strtoll(PQcmdTuples(result), nullptr, 10);
}

/// Told by words alone, for a connection that is refused has no SQLSTATE.
bool has_no_slot(std::string_view cause) {
    return cause.find("too many clients") != std::string_view::npos ||
           cause.find("connection slots are reserved") != std::string_view::npos ||
           cause.find("too many connections") != std::string_view::npos;
}

std::string_view why_refused(std::string_view cause) {
    if (has_no_slot(cause))
        return "The PostgreSQL database takes no more connections. A server opens up to 33; raise max_connections, or "
               "let fewer programs use the database.";
    if (cause.find("database \"") != std::string_view::npos && cause.find("does not exist") != std::string_view::npos)
        return "PostgreSQL has no database of that name. Make one with createdb, and CREATE EXTENSION postgis in it.";
    return "The PostgreSQL database cannot be reached. Check that it runs, its address, user and password.";
}

Error cannot_connect(std::string cause) {
    return Error{Code::Unavailable, std::string(why_refused(cause))}.because(std::move(cause));
}

} // namespace

PostgresConnection::PostgresConnection(pg_conn* connection) : connection_(connection), statements_(kStatements) {}

PostgresConnection::~PostgresConnection() {
    PQfinish(connection_);
}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const std::string& conninfo) {
    // What stands before the conninfo are defaults it may override.
    const std::array<const char*, 8> keys{
        "connect_timeout",           "application_name", "keepalives_idle", "tcp_user_timeout",
        "fallback_application_name", "dbname",           "client_encoding", nullptr};
    const std::array<const char*, 8> values{"10",       "landfall",       "30",   "40000",
                                            "landfall", conninfo.c_str(), "UTF8", nullptr};
    std::unique_ptr<PostgresConnection> connection(
        new PostgresConnection(PQconnectdbParams(keys.data(), values.data(), 1)));
    if (PQstatus(connection->connection_) != CONNECTION_OK)
        return fail(cannot_connect(PQerrorMessage(connection->connection_)));
    PQsetNoticeProcessor(connection->connection_, [](void*, const char*) {}, nullptr);
    if (Status done = connection->script(kSettings); !done)
        return fail(cannot_connect(done.error().cause));
    return connection;
}

/// Of the process at the other end, whoever passes our words on to it.
Result<int> PostgresConnection::server_process() {
    const PostgresResult result = run_text("SELECT pg_backend_pid()");
    if (!succeeded(result.get()) || PQntuples(result.get()) != 1)
        return fail(postgres_error(connection_, result.get(), "SELECT pg_backend_pid()"));
    return static_cast<int>(PostgresRow(result.get(), 0).integer(0));
}

Status PostgresConnection::check_pooling(const std::string& conninfo) {
    TRY(const int process, server_process());
    if (process == PQbackendPID(connection_))
        return {};
    // A pooler that keeps a server for each of its clients has another one for us while the second connection is open.
    TRY(const auto other, open(conninfo));
    TRY(const int others, other->server_process());
    if (!succeeded(run_text("BEGIN").get()))
        return fail(pooled_by_transaction());
    const auto ours = server_process();
    run_text("ROLLBACK");
    return ours && *ours == others ? Status(fail(pooled_by_transaction())) : Status();
}

bool PostgresConnection::lost() const {
    return PQstatus(connection_) != CONNECTION_OK;
}

bool PostgresConnection::usable() {
    drain();
    if (lost() || PQtransactionStatus(connection_) != PQTRANS_IDLE)
        return false;
    // An idle server says nothing, unless to say goodbye.
    pollfd socket{PQsocket(connection_), POLLIN, 0};
    return ::poll(&socket, 1, 0) == 0;
}

void PostgresConnection::drain() {
    if (!std::exchange(unread_, false))
        return;
    while (const PostgresResult result{PQgetResult(connection_)}) {
    }
}

PostgresResult PostgresConnection::run_text(const std::string& sql) {
    drain();
    return PostgresResult(PQexec(connection_, sql.c_str()));
}

tl::unexpected<Error> PostgresConnection::failed(const pg_result* result, std::string_view sql) {
    failed_ = true;
    retryable_ = retryable_ || is_retryable(sql_state(result));
    return fail(postgres_error(connection_, result, sql));
}

void PostgresConnection::begin(Transaction kind) {
    std::string deallocate;
    for (const std::string& name : statements_.take_dropped())
        deallocate += "DEALLOCATE " + name + ";";
    if (!deallocate.empty())
        run_text(deallocate);
    pending_begin_ = kind == Transaction::Write ? kBeginWrite : kBeginSnapshot;
    unsent_.clear();
    retryable_ = false;
    failed_ = false;
}

Status PostgresConnection::commit() {
    if (failed_) {
        rollback();
        return fail_internal("a statement of the transaction failed, but the work that ran it reported success");
    }
    if (unsent_.empty() && std::exchange(pending_begin_, nullptr) != nullptr)
        return {};
    auto result = send_all(nullptr, "COMMIT");
    if (lost())
        return fail(unavailable("the connection broke during COMMIT; its outcome is unknown"));
    if (!result) {
        if (PQtransactionStatus(connection_) != PQTRANS_IDLE)
            rollback();
        return fail(std::move(result).error());
    }
    if (std::string_view(PQcmdStatus(result->get())) != "COMMIT")
        return fail_internal("the server answered COMMIT with a rollback");
    return {};
}

void PostgresConnection::rollback() {
    unsent_.clear();
    if (std::exchange(pending_begin_, nullptr) == nullptr)
        run_text("ROLLBACK");
}

void PostgresConnection::end_snapshot() {
    unsent_.clear();
    if (std::exchange(pending_begin_, nullptr) == nullptr)
        unread_ = PQsendQuery(connection_, "COMMIT") == 1;
}

Result<const PostgresStatement*> PostgresConnection::prepare(std::string_view sql,
                                                             const std::vector<Value>& parameters) {
    // Inside a transaction a refused attempt would spoil it.
    const bool guarded = !parameters.empty() && PQtransactionStatus(connection_) == PQTRANS_INTRANS;
    Error first;
    std::vector<TypeOid> tried;
    for (const Typing typing : kTypings) {
        std::vector<TypeOid> types = types_of(parameters, typing);
        if (typing != kTypings.front() && types == tried)
            continue;
        if (guarded)
            run_text("SAVEPOINT prepare");
        std::string name = statements_.new_name();
        const PostgresResult result(PQprepare(connection_, name.c_str(), statements_.text_of(sql).text.c_str(),
                                              static_cast<int>(types.size()), types.data()));
        if (guarded)
            run_text(succeeded(result.get()) ? "RELEASE prepare" : "ROLLBACK TO prepare; RELEASE prepare");
        if (succeeded(result.get()))
            return &statements_.add(sql, {std::move(name), std::move(types), kinds_of(parameters)});
        auto failure = failed(result.get(), sql);
        if (typing == kTypings.front())
            first = std::move(failure).value();
        if (!is_typing_failure(sql_state(result.get())))
            break;
        tried = std::move(types);
    }
    return fail(std::move(first));
}

Result<const PostgresStatement*> PostgresConnection::prepared(std::string_view sql,
                                                              const std::vector<Value>& parameters) {
    const int wanted = statements_.text_of(sql).parameters;
    if (static_cast<std::size_t>(wanted) != parameters.size())
        return fail_internal(fmt::format("{} parameters given, {} wanted by: {}", parameters.size(), wanted, sql));
    if (const PostgresStatement* known = statements_.find(sql, parameters))
        return known;
    auto made = prepare(sql, parameters);
    failed_ = !made;
    return made;
}

void PostgresConnection::send(const Command& command) {
    const Bound bound(command.parameters);
    PQsendQueryPrepared(connection_, command.name.c_str(), bound.size(), bound.values(), bound.lengths(),
                        bound.formats(), 0);
}

// BEGIN if it is due, what waits for company, then `last` and `ending`, in one round trip. Gives the last answer, or
// the first failure.
Result<PostgresResult> PostgresConnection::send_all(const Command* last, const char* ending) {
    drain();
    const char* begin = std::exchange(pending_begin_, nullptr);
    std::vector<Command> commands = std::exchange(unsent_, {});
    std::vector<std::string_view> sent;
    const auto send_text = [&](const char* sql) {
        PQsendQueryParams(connection_, sql, 0, nullptr, nullptr, nullptr, nullptr, 0);
        sent.emplace_back(sql);
    };
    PQenterPipelineMode(connection_);
    if (begin != nullptr)
        send_text(begin);
    for (const Command& command : commands) {
        send(command);
        sent.emplace_back(command.sql);
    }
    if (last != nullptr) {
        send(*last);
        sent.emplace_back(last->sql);
    }
    if (ending != nullptr)
        send_text(ending);
    PQpipelineSync(connection_);
    return read_all(sent);
}

// Each command's results end with a null; the sync at the end has one result and no end.
Result<PostgresResult> PostgresConnection::read_all(const std::vector<std::string_view>& sent) {
    PostgresResult answer;
    std::optional<std::string_view> culprit;
    for (const std::string_view sql : sent) {
        PostgresResult result(PQgetResult(connection_));
        while (const PostgresResult more{PQgetResult(connection_)}) {
        }
        if (culprit)
            continue;
        answer = std::move(result);
        if (!succeeded(answer.get()))
            culprit = sql;
    }
    const PostgresResult sync(PQgetResult(connection_));
    PQexitPipelineMode(connection_);
    if (culprit)
        return failed(answer.get(), *culprit);
    return answer;
}

Result<PostgresResult> PostgresConnection::ask(const Command& command) {
    if (pending_begin_ != nullptr || !unsent_.empty())
        return send_all(&command, nullptr);
    const Bound bound(command.parameters);
    PostgresResult result(PQexecPrepared(connection_, command.name.c_str(), bound.size(), bound.values(),
                                         bound.lengths(), bound.formats(), 0));
    if (!succeeded(result.get()))
        return failed(result.get(), command.sql);
    return result;
}

Result<PostgresConnection::Command> PostgresConnection::command(std::string_view sql, std::vector<Value> parameters) {
    if (failed_)
        return fail_internal(
            fmt::format("an earlier statement of the transaction failed, so this one cannot run: {}", sql));
    CHECK_OK(check_parameters(parameters));
    drain();
    TRY(const PostgresStatement* statement, prepared(sql, parameters));
    return Command{std::string(sql), statement->name, std::move(parameters)};
}

Result<PostgresResult> PostgresConnection::answer(std::string_view sql, std::vector<Value> parameters) {
    TRY(const Command ready, command(sql, std::move(parameters)));
    return ask(ready);
}

Result<std::int64_t> PostgresConnection::execute(std::string_view sql, std::vector<Value> parameters) {
    TRY(const PostgresResult result, answer(sql, std::move(parameters)));
    return changed_rows(result.get());
}

Status PostgresConnection::execute_later(std::string_view sql, std::vector<Value> parameters) {
    TRY(auto ready, command(sql, std::move(parameters)));
    unsent_.push_back(std::move(ready));
    if (unsent_.size() < kMostUnsent)
        return {};
    return send_all(nullptr, nullptr).map([](const PostgresResult&) {});
}

Status PostgresConnection::query(std::string_view sql, std::vector<Value> parameters, const RowVisitor& visit) {
    TRY(const PostgresResult result, answer(sql, std::move(parameters)));
    for (int i = 0; i < PQntuples(result.get()); ++i)
        visit(PostgresRow(result.get(), i));
    return {};
}

Status PostgresConnection::script(std::string_view sql) {
    failed_ = false;
    if (pending_begin_ != nullptr || !unsent_.empty())
        CHECK_OK(send_all(nullptr, nullptr));
    const std::string text(sql);
    const PostgresResult result = run_text(text);
    if (!succeeded(result.get()))
        return failed(result.get(), sql);
    return {};
}

} // namespace landfall::database
