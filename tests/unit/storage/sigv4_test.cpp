#include "core/text.hpp"
#include "storage/sigv4.hpp"
#include "storage/sigv4_canonical.hpp"

#include <gtest/gtest.h>

#include <map>

namespace landfall::storage {
namespace {

using namespace std::chrono_literals;
using Pairs = std::vector<std::pair<std::string, std::string>>;

const SigningKey kDocumented{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
const SigningKey kOwn{"LANDFALLKEY000000001", "s3cr3t/With+Signs=="};
const Timestamp kDocumentedTime = parse_rfc3339("2013-05-24T00:00:00Z").value();
const Timestamp kNow = parse_rfc3339("2026-05-18T04:21:00Z").value();
constexpr const char* kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A request as a server would see it, made from a presigned URL.
struct Arrived {
    std::string method = "GET";
    std::string path;
    std::string query;
    std::map<std::string, std::string> headers;

    Arrived(const std::string& url, std::string verb) : method(std::move(verb)) {
        const auto host_at = url.find("://") + 3;
        const auto path_at = url.find('/', host_at);
        const auto query_at = url.find('?');
        headers["host"] = url.substr(host_at, path_at - host_at);
        path = url.substr(path_at, query_at - path_at);
        query = url.substr(query_at + 1);
    }

    void replace(const std::string& from, const std::string& to) {
        const auto at = query.find(from);
        ASSERT_NE(at, std::string::npos) << from << " is not in " << query;
        query.replace(at, from.size(), to);
    }

    std::string fault(Timestamp now = kNow) const {
        const SignedRequest request{method, path, query, [this](std::string_view name) -> std::optional<std::string> {
                                        const auto found = headers.find(std::string(name));
                                        if (found == headers.end())
                                            return std::nullopt;
                                        return found->second;
                                    }};
        const auto secret = [](std::string_view id) -> std::optional<std::string> {
            if (id == kOwn.access_key_id)
                return kOwn.secret;
            return std::nullopt;
        };
        const auto found = verify(request, secret, now);
        return found ? found->code + ": " + found->message : "";
    }
};

Arrived simple() {
    return {presign(kOwn, {.origin = "https://h.example", .path = "/b/a b.tif", .query = {{"x", "1"}}}, kNow), "GET"};
}

std::string signature_in(const std::string& url) {
    return url.substr(url.find("X-Amz-Signature=") + 16);
}

TEST(Presign, GivesTheSignatureOfTheDocumentedS3Example) {
    const auto url = presign(kDocumented,
                             {.origin = "https://examplebucket.s3.amazonaws.com",
                              .path = "/test.txt",
                              .lifetime = std::chrono::seconds(86400)},
                             kDocumentedTime);
    EXPECT_EQ(url, "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
                   "AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&"
                   "X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
                   "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SigningKeyDerivation, GivesTheDocumentedKeys) {
    const std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    EXPECT_EQ(to_hex(sigv4::signing_key(secret, {"20150830T000000Z", "us-east-1", "iam"})),
              "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    EXPECT_EQ(to_hex(sigv4::signing_key(secret, {"20120215T000000Z", "us-east-1", "iam"})),
              "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
}

TEST(Signature, AgreesWithTheSignatureTestSuite) {
    const sigv4::Scope scope{"20150830T123600Z", "us-east-1", "service"};
    const std::string secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    sigv4::CanonicalRequest vanilla{
        "GET", "/", {}, {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", scope.timestamp}}, kEmptyHash};
    EXPECT_EQ(sigv4::sign(vanilla, scope, secret), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    vanilla.query = {{"Param2", "value2"}, {"Param1", "value1"}};
    EXPECT_EQ(sigv4::sign(vanilla, scope, secret), "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST(Signature, IsThatOfTheDocumentedS3Examples) {
    struct Case {
        const char* method;
        const char* path;
        Pairs query;
        Pairs headers;
        const char* hash;
        const char* signature;
    };
    const std::vector<Case> cases = {
        {"GET",
         "/test.txt",
         {},
         {{"Range", "bytes=0-9"}},
         kEmptyHash,
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
        {"PUT",
         "/test$file.text",
         {},
         {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
         "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
        {"GET",
         "/",
         {{"lifecycle", ""}},
         {},
         kEmptyHash,
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
        {"GET",
         "/",
         {{"max-keys", "2"}, {"prefix", "J"}},
         {},
         kEmptyHash,
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
    };
    for (const auto& one : cases) {
        const sigv4::Scope scope{sigv4::format_timestamp(kDocumentedTime), "us-east-1"};
        sigv4::CanonicalRequest request{one.method, one.path, one.query, one.headers, one.hash};
        request.headers.insert(request.headers.end(), {{"host", "examplebucket.s3.amazonaws.com"},
                                                       {"x-amz-content-sha256", one.hash},
                                                       {"x-amz-date", scope.timestamp}});
        EXPECT_EQ(sigv4::sign(request, scope, kDocumented.secret), one.signature) << one.path;
    }
}

struct OracleCase {
    std::string method, origin, path;
    Pairs query, headers;
    int lifetime;
    std::string region, signature;
};

/// Signatures by botocore 1.44.5 (S3SigV4QueryAuth) for kOwn at kNow.
const std::vector<OracleCase> kOracle = {
    {"GET",
     "https://data.example.org",
     "/storage/landfall/plain.tif",
     {},
     {},
     3600,
     "us-east-1",
     "b6caa1ae3ec45cebf17d05853d41bbe0af79d9f378e6ed40437a020adb68f604"},
    {"PUT",
     "https://data.example.org",
     "/storage/landfall/uploads/u_1/a b.tif",
     {},
     {{"Content-Type", "image/tiff"}},
     900,
     "us-east-1",
     "7a4b9cbf7af1e71f84980d044bdde1c66f77cace2fc2f25436052e807894e046"},
    {"GET",
     "http://127.0.0.1:8080",
     "/b/\303\244\303\266 \346\227\245\346\234\254.tif",
     {},
     {},
     60,
     "eu-central-1",
     "ed31f03204cddef93220d0cb28bd835cc98ebb44d4121114e2a39c8c78665586"},
    {"GET",
     "https://h.example",
     "/b/100%25 %2F.tif",
     {},
     {},
     1,
     "us-east-1",
     "1797b31fe36b047959daaf5d3e4f7dd24756b904c0123bfc63a4031c3904f458"},
    {"GET",
     "https://h.example",
     "/b/a+b&c=d;e,f~g'h(i)j*k!l@m:n$o.tif",
     {},
     {},
     604800,
     "us-east-1",
     "90c498e8d34172cab2e304d1418e118639849af501eafb2cac93b7c25ee258a2"},
    {"GET",
     "https://h.example:443",
     "/b//double//slash/../dot/./x",
     {},
     {},
     3600,
     "us-east-1",
     "a04e54f88f9330e257bc36b41fb68d928ff7411e68b09e735a978eecf3115603"},
    {"PUT",
     "http://h.example:80",
     "/b/part",
     {{"partNumber", "7"}, {"uploadId", "VXBsb2FkIElE/+=~x"}},
     {},
     3600,
     "us-east-1",
     "82dd5f72422d641160a3907aba538d48800528a9c484dd356d40bf85d64c55b2"},
    {"GET",
     "https://h.example",
     "/b/x",
     {{"response-content-disposition", "attachment; filename=\"a b+c.tif\""},
      {"a", ""},
      {"A", "1"},
      {"b", "2"},
      {"a-b", "3"}},
     {},
     3600,
     "us-west-2",
     "e9bc097a897cb669b9b6e14ec482c38d8d9bc30d5d2fb8da6c264775342fc7dc"},
    {"PUT",
     "https://H.Example:9000",
     "/b/x",
     {},
     {{"Content-Type", "  image/tiff;   charset=x  "},
      {"X-Amz-Meta-Name", "two   words"},
      {"content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="}},
     3600,
     "us-east-1",
     "d10efbe7eb65a110343f66e710f9ad540ff4888ca5c8893584a48b3483889af4"},
    {"HEAD",
     "https://h.example",
     "/",
     {{"q", "\303\274 ?#[]"}, {"list-type", "2"}},
     {},
     3600,
     "us-east-1",
     "ba613904e47e7df476c9a9dc515b16075b3bfe2f77518675de027c3ea53a3dbe"},
    {"GET",
     "https://h.example",
     "/b/x",
     {{"k", "b%2F+"}, {"x-id", "GetObject"}},
     {},
     3600,
     "us-east-1",
     "4593ecdb0201b3bfd22ab44d741b597d64dd11adc7ae58ff7113079830f2db17"},
};

TEST(Presign, AgreesWithAnotherImplementationOnOddPathsQueriesAndHeaders) {
    for (const auto& one : kOracle) {
        const PresignRequest request{
            one.method, one.origin, one.path, one.query, one.headers, std::chrono::seconds(one.lifetime), one.region};
        EXPECT_EQ(signature_in(presign(kOwn, request, kNow)), one.signature) << one.path;
    }
}

TEST(Verify, AcceptsWhatPresignMakes) {
    for (const auto& one : kOracle) {
        const PresignRequest request{
            one.method, one.origin, one.path, one.query, one.headers, std::chrono::seconds(one.lifetime), one.region};
        Arrived arrived(presign(kOwn, request, kNow), one.method);
        for (const auto& [name, value] : one.headers)
            arrived.headers[lower_case(name)] = value;
        for (const std::string own_port : {":443", ":80"})
            if (arrived.headers["host"].ends_with(own_port))
                arrived.headers["host"].erase(arrived.headers["host"].size() - own_port.size());
        EXPECT_EQ(arrived.fault(), "") << one.path;
    }
}

TEST(CanonicalQuery, SortsByEncodedNameAndThenByValue) {
    EXPECT_EQ(
        sigv4::canonical_query({{"k", "b"}, {"k~", "1"}, {"k", "a"}, {"\303\274", ""}, {"B", "+ /"}, {"k-", "2"}}),
        "%C3%BC=&B=%2B%20%2F&k=a&k=b&k-=2&k~=1");
}

TEST(Verify, AcceptsOtherEncodingsOfTheSamePathAndQuery) {
    auto arrived = simple();
    arrived.path = "/%62/a%20b%2etif";
    arrived.replace("x=1", "%78=%31");
    EXPECT_EQ(arrived.fault(), "");
    arrived.replace("%2F", "/");
    EXPECT_EQ(arrived.fault(), "");
}

TEST(Verify, RefusesEveryChangeOfASignedPart) {
    const std::string mismatch = "SignatureDoesNotMatch";
    auto other_method = simple();
    other_method.method = "PUT";
    EXPECT_TRUE(other_method.fault().starts_with(mismatch));
    for (const char* path : {"/b/a%20b.tif/", "/b//a%20b.tif", "/b/A%20b.tif", "/b/a%20b", "/b/%zz"}) {
        auto other_path = simple();
        other_path.path = path;
        EXPECT_TRUE(other_path.fault().starts_with(mismatch)) << path;
    }
    auto other_host = simple();
    other_host.headers["host"] = "evil.example";
    EXPECT_TRUE(other_host.fault().starts_with(mismatch));
    auto no_host = simple();
    no_host.headers.clear();
    EXPECT_TRUE(no_host.fault().starts_with(mismatch));
    for (const auto& [from, to] : Pairs{{"x=1", "x=2"},
                                        {"x=1", "y=1"},
                                        {"x=1", "x=1&y=2"},
                                        {"&x=1", ""},
                                        {"X-Amz-Expires=3600", "X-Amz-Expires=3601"},
                                        {"us-east-1", "us-west-1"},
                                        {"X-Amz-Signature=", "X-Amz-Signature=0"}}) {
        auto changed = simple();
        changed.replace(from, to);
        EXPECT_TRUE(changed.fault().starts_with(mismatch)) << from << " became " << to << ": " << changed.fault();
    }
}

TEST(Verify, BindsThePutToItsContentType) {
    const auto url = presign(
        kOwn,
        {.method = "PUT", .origin = "https://h.example", .path = "/b/x", .headers = {{"Content-Type", "image/tiff"}}},
        kNow);
    Arrived arrived(url, "PUT");
    EXPECT_TRUE(arrived.fault().starts_with("SignatureDoesNotMatch")) << "without the header";
    arrived.headers["content-type"] = "text/html";
    EXPECT_TRUE(arrived.fault().starts_with("SignatureDoesNotMatch")) << "with another value";
    arrived.headers["content-type"] = " image/tiff ";
    EXPECT_EQ(arrived.fault(), "");
}

TEST(Verify, HoldsFromAQuarterOfAnHourAheadUntilExpiry) {
    const auto arrived = simple();
    EXPECT_EQ(arrived.fault(kNow + 3600s), "");
    EXPECT_EQ(arrived.fault(kNow + 3601s), "AccessDenied: Request has expired");
    EXPECT_EQ(arrived.fault(kNow - 15min), "");
    EXPECT_EQ(arrived.fault(kNow - 15min - 1s), "AccessDenied: Request is not yet valid");
}

TEST(Verify, NamesAnUnknownKey) {
    auto arrived = simple();
    arrived.replace("LANDFALLKEY000000001", "LANDFALLKEY000000002");
    EXPECT_TRUE(arrived.fault().starts_with("InvalidAccessKeyId: "));
}

TEST(Verify, DeniesARequestWithoutAnySignature) {
    auto arrived = simple();
    arrived.query = "x=1";
    EXPECT_EQ(arrived.fault(), "AccessDenied: Access Denied");
    arrived.query = "";
    EXPECT_EQ(arrived.fault(), "AccessDenied: Access Denied");
}

TEST(Verify, FaultsEveryMissingParameter) {
    for (const char* name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
                             "X-Amz-SignedHeaders", "X-Amz-Signature"}) {
        auto arrived = simple();
        arrived.replace(name, "other");
        EXPECT_TRUE(arrived.fault().starts_with("AuthorizationQueryParametersError: ")) << name;
        auto lower = simple();
        lower.replace(name, lower_case(name));
        EXPECT_TRUE(lower.fault().starts_with("AuthorizationQueryParametersError: ")) << name;
    }
}

TEST(Verify, FaultsParametersThatAreMalformedOrRepeated) {
    const Pairs changes = {
        {"X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4-HMAC-SHA1"},
        {"X-Amz-Expires=3600", "X-Amz-Expires=0"},
        {"X-Amz-Expires=3600", "X-Amz-Expires=604801"},
        {"X-Amz-Expires=3600", "X-Amz-Expires=-1"},
        {"X-Amz-Expires=3600", "X-Amz-Expires=1e3"},
        {"X-Amz-Expires=3600", "X-Amz-Expires="},
        {"X-Amz-Expires=3600", "X-Amz-Expires=99999999999999999999"},
        {"X-Amz-Expires=3600", "X-Amz-Expires=3600&X-Amz-Expires=3600"},
        {"X-Amz-Expires=3600", "X-Amz-Expires=3600&x-amz-expires=9"},
        {"X-Amz-Expires=3600", "X-Amz-Expires=3600&X-Amz-Extra=1&X-Amz-Extra=2"},
        {"X-Amz-Date=20260518T042100Z", "X-Amz-Date=2026-05-18T04:21Z"},
        {"X-Amz-Date=20260518T042100Z", "X-Amz-Date=20260230T042100Z"},
        {"X-Amz-Date=20260518T042100Z", "X-Amz-Date=20260518T242100Z"},
        {"X-Amz-Date=20260518T042100Z", "X-Amz-Date=20260517T042100Z"},
        {"%2Fs3%2F", "%2Fec2%2F"},
        {"%2Faws4_request", "%2Faws5_request"},
        {"%2Faws4_request", ""},
        {"%2Fus-east-1%2F", "%2F%2F"},
        {"X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=Host"},
        {"X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders="},
        {"X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=host;host"},
        {"X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=host;content-type"},
        {"x=1", "x=%zz"},
    };
    for (const auto& [from, to] : changes) {
        auto arrived = simple();
        arrived.replace(from, to);
        EXPECT_TRUE(arrived.fault().starts_with("AuthorizationQueryParametersError: ")) << to << " " << arrived.fault();
    }
}

TEST(Verify, RequiresTheHostToBeSigned) {
    auto arrived = simple();
    arrived.replace("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=content-type");
    EXPECT_TRUE(arrived.fault().starts_with("AccessDenied: "));
}

TEST(Verify, RefusesSessionTokens) {
    auto arrived = simple();
    arrived.query += "&X-Amz-Security-Token=abc";
    EXPECT_TRUE(arrived.fault().starts_with("InvalidToken: "));
}

TEST(Verify, BoundsTheQuery) {
    auto long_query = simple();
    long_query.query += "&z=" + std::string(20000, 'a');
    EXPECT_TRUE(long_query.fault().starts_with("AuthorizationQueryParametersError: "));
    auto many = simple();
    for (int i = 0; i < 200; ++i)
        many.query += "&z=1";
    EXPECT_TRUE(many.fault().starts_with("AuthorizationQueryParametersError: "));
}

} // namespace
} // namespace landfall::storage
