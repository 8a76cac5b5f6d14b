#include "core/text.hpp"
#include "outbound/http_client.hpp"
#include "schema/json.hpp"
#include "storage/s3/credentials.hpp"
#include "storage/s3/xml.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace landfall::storage {
namespace {

using Found = Result<std::optional<S3Credentials>>;

constexpr std::chrono::seconds kMetadataDeadline{2};
constexpr std::chrono::seconds kRoleDeadline{10};
constexpr std::string_view kMetadata = "http://169.254.169.254";
constexpr std::string_view kContainerHost = "http://169.254.170.2";
constexpr std::size_t kMostFile = std::size_t{1} << 20U; ///< bytes

auto not_given(std::string_view who, std::string cause) {
    return fail(Error(Code::Unavailable, "The server gets no credentials for its object store.")
                    .because(fmt::format("{}: {}", who, cause)));
}

std::optional<std::string> text_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::nullopt;
    std::string text(kMostFile, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

/// Asks a service of the machine itself, never over a proxy.
Result<outbound::HttpResponse> ask(outbound::HttpRequest request) {
    const outbound::Guard guard{{outbound::host_of(request.url)}};
    request.guard = &guard;
    request.deadline = kMetadataDeadline;
    outbound::HttpClient client;
    return client.send(request);
}

/// The credentials of an answer in the form of the metadata services.
Found of_metadata(std::string_view who, const Result<outbound::HttpResponse>& answer) {
    if (!answer)
        return not_given(who, answer.error().message);
    if (answer->status != 200)
        return not_given(who, fmt::format("status {}", answer->status));
    const auto json = Json::parse(answer->body);
    if (!json || (*json)["AccessKeyId"].as_view().empty() || (*json)["SecretAccessKey"].as_view().empty())
        return not_given(who, "the answer holds no credentials");
    S3Credentials out{(*json)["AccessKeyId"].as_string(), (*json)["SecretAccessKey"].as_string(),
                      (*json)["Token"].as_string(), std::nullopt};
    if (const auto ends = parse_rfc3339((*json)["Expiration"].as_view()); ends)
        out.expires_at = *ends;
    return std::optional(std::move(out));
}

Found of_settings(const S3Settings& settings) {
    if (settings.access_key.empty())
        return std::nullopt;
    return S3Credentials{settings.access_key, settings.secret_key, settings.session_token, std::nullopt};
}

Found of_environment(const VariableOf& variable) {
    const auto id = variable("AWS_ACCESS_KEY_ID");
    const auto secret = variable("AWS_SECRET_ACCESS_KEY");
    if (!id || !secret)
        return std::nullopt;
    return S3Credentials{*id, *secret, variable("AWS_SESSION_TOKEN").value_or(""), std::nullopt};
}

/// Spec: AssumeRoleWithWebIdentity, AWS Security Token Service API Reference.
Found of_web_identity(const VariableOf& variable, const std::string& region) {
    const auto file = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
    const auto role = variable("AWS_ROLE_ARN");
    if (!file || !role)
        return std::nullopt;
    const auto token = text_of_file(*file);
    if (!token)
        return not_given("web identity", "AWS_WEB_IDENTITY_TOKEN_FILE can't be read");
    outbound::HttpRequest request;
    request.method = "POST";
    request.url = variable("AWS_ENDPOINT_URL_STS").value_or(fmt::format("https://sts.{}.amazonaws.com", region)) + "/";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body =
        fmt::format("Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={}&RoleSessionName={}"
                    "&WebIdentityToken={}",
                    percent_encode(*role), percent_encode(variable("AWS_ROLE_SESSION_NAME").value_or("landfall")),
                    percent_encode(trimmed(*token)));
    request.deadline = kRoleDeadline;
    outbound::HttpClient client;
    const auto answer = client.send(request);
    if (!answer)
        return not_given("web identity", answer.error().message);
    const auto document = read_xml(answer->body);
    const XmlElement* result = document ? document->find("AssumeRoleWithWebIdentityResult") : nullptr;
    const XmlElement* given = result != nullptr ? result->find("Credentials") : nullptr;
    if (answer->status != 200 || given == nullptr || given->text_of("AccessKeyId").empty())
        return not_given("web identity", fmt::format("status {}: {}", answer->status, clean_utf8(answer->body, 300)));
    S3Credentials out{std::string(given->text_of("AccessKeyId")), std::string(given->text_of("SecretAccessKey")),
                      std::string(given->text_of("SessionToken")), std::nullopt};
    if (const auto ends = parse_rfc3339(given->text_of("Expiration")); ends)
        out.expires_at = *ends;
    return std::optional(std::move(out));
}

/// Spec: "Shared config and credentials files", AWS SDKs and Tools Reference Guide.
Found of_shared_file(const VariableOf& variable) {
    const auto home = variable("HOME");
    const auto named = variable("AWS_SHARED_CREDENTIALS_FILE");
    if (!named && !home)
        return std::nullopt;
    const auto text = text_of_file(named.value_or(home.value_or("") + "/.aws/credentials"));
    if (!text)
        return std::nullopt;
    const std::string wanted = "[" + variable("AWS_PROFILE").value_or("default") + "]";
    S3Credentials out;
    bool within = false;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        line = std::string(trimmed(line));
        if (line.starts_with('['))
            within = line == wanted;
        const auto equals = line.find('=');
        if (!within || equals == std::string::npos || line.starts_with('#'))
            continue;
        const std::string name = lower_case(trimmed(std::string_view(line).substr(0, equals)));
        const std::string value(trimmed(std::string_view(line).substr(equals + 1)));
        if (name == "aws_access_key_id")
            out.access_key_id = value;
        else if (name == "aws_secret_access_key")
            out.secret = value;
        else if (name == "aws_session_token")
            out.session_token = value;
    }
    if (out.access_key_id.empty() || out.secret.empty())
        return std::nullopt;
    return std::optional(std::move(out));
}

Found of_container(const VariableOf& variable) {
    outbound::HttpRequest request;
    if (const auto relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
        request.url = std::string(kContainerHost) + *relative;
    else if (const auto full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
        request.url = *full;
    else
        return std::nullopt;
    auto authorization = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const auto file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); file && !authorization)
        if (const auto text = text_of_file(*file))
            authorization = trimmed(*text);
    if (authorization)
        request.headers.emplace_back("Authorization", *authorization);
    return of_metadata("container credentials", ask(std::move(request)));
}

/// Spec: "Use the Instance Metadata Service to access instance metadata", Amazon EC2 User Guide (version 2).
Found of_instance(const VariableOf& variable) {
    if (lower_case(variable("AWS_EC2_METADATA_DISABLED").value_or("")) == "true")
        return std::nullopt;
    std::string origin = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or(std::string(kMetadata));
    while (origin.ends_with('/'))
        origin.pop_back();
    outbound::HttpRequest request;
    request.method = "PUT";
    request.url = origin + "/latest/api/token";
    request.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}};
    const auto token = ask(request);
    if (!token || token->status != 200)
        return std::nullopt; // no such machine
    request.method = "GET";
    request.headers = {{"X-aws-ec2-metadata-token", token->body}};
    request.url = origin + "/latest/meta-data/iam/security-credentials/";
    const auto role = ask(request);
    if (!role)
        return not_given("instance metadata", role.error().message);
    if (role->status == 404)
        return std::nullopt; // a machine without a role
    request.url += percent_encode(trimmed(role->body));
    return of_metadata("instance metadata", ask(request));
}

} // namespace

std::vector<CredentialSource> credential_sources(const S3Settings& settings, const VariableOf& variable) {
    return {[settings] { return of_settings(settings); },
            [variable] { return of_environment(variable); },
            [variable, region = settings.region] { return of_web_identity(variable, region); },
            [variable] { return of_shared_file(variable); },
            [variable] { return of_container(variable); },
            [variable] { return of_instance(variable); }};
}

} // namespace landfall::storage
