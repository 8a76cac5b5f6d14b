#include "core/text.hpp"
#include "storage/s3_wire.hpp"

#include <gtest/gtest.h>

namespace landfall::storage {
namespace {

const std::string kEmptyMd5 = from_hex("d41d8cd98f00b204e9800998ecf8427e").value();
const std::string kEmptySha256 = from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").value();
const std::string kAbcMd5 = from_hex("900150983cd24fb0d6963f7d28e17f72").value();

TEST(S3Errors, HaveTheirStatuses) {
    const std::vector<std::pair<std::string, int>> cases = {
        {"AccessDenied", 403},   {"SignatureDoesNotMatch", 403}, {"InvalidAccessKeyId", 403},
        {"NoSuchKey", 404},      {"NoSuchUpload", 404},          {"AuthorizationQueryParametersError", 400},
        {"BadDigest", 400},      {"InvalidDigest", 400},         {"EntityTooLarge", 413},
        {"InvalidRange", 416},   {"PreconditionFailed", 412},    {"MethodNotAllowed", 405},
        {"IncompleteBody", 400}, {"MissingContentLength", 411},  {"InternalError", 500},
        {"SlowDown", 503},       {"InvalidToken", 400},
    };
    for (const auto& [code, status] : cases) {
        EXPECT_EQ(s3_error(code).code, code);
        EXPECT_EQ(s3_error(code).status, status) << code;
        EXPECT_FALSE(s3_error(code).message.empty()) << code;
    }
    EXPECT_EQ(s3_error("NoSuchCode").code, "InternalError");
}

TEST(S3Errors, StandForFailuresOfTheStore) {
    EXPECT_EQ(s3_error(Error{Code::NotFound, ""}).code, "NoSuchKey");
    EXPECT_EQ(s3_error(Error{Code::Unavailable, ""}).code, "SlowDown");
    EXPECT_EQ(s3_error(Error{Code::PayloadTooLarge, ""}).status, 413);
    EXPECT_EQ(s3_error(Error{Code::Internal, ""}).status, 500);
}

TEST(S3ErrorDocument, ReadsAsS3WritesIt) {
    EXPECT_EQ(
        s3_error_document({.code = "NoSuchKey", .resource = "/b/x", .request_id = "req_1"}),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does "
        "not exist.</Message><Resource>/b/x</Resource><RequestId>req_1</RequestId></Error>");
}

TEST(S3ErrorDocument, DefusesHostileText) {
    const auto document = s3_error_document(
        {"AccessDenied", "Request has expired", std::string_view("</Resource><a b='\"&\x01\xFF\0", 22), "r"});
    EXPECT_NE(document.find("<Resource>&lt;/Resource&gt;&lt;a b=&apos;&quot;&amp;\xEF\xBF\xBD"), std::string::npos)
        << document;
    EXPECT_TRUE(is_utf8(document));
    EXPECT_EQ(document.find('\x01'), std::string::npos);
    EXPECT_EQ(document.find('\0'), std::string::npos);
    EXPECT_LT(s3_error_document({"NoSuchKey", "", std::string(100'000, '&'), "r"}).size(), 20'000U);
}

TEST(ETag, IsTheQuotedMd5) {
    EXPECT_EQ(etag_of(kEmptyMd5), "\"d41d8cd98f00b204e9800998ecf8427e\"");
}

TEST(DeclaredDigests, AreParsedFromBase64) {
    EXPECT_EQ(parse_content_md5("1B2M2Y8AsgTpgAmY7PhCfg=="), kEmptyMd5);
    EXPECT_EQ(parse_checksum_sha256("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), kEmptySha256);
    for (const char* bad : {"", "1B2M2Y8AsgTpgAmY7PhCfg", "1B2M2Y8AsgTpgAmY7PhC", "d41d8cd98f00b204e9800998ecf8427e",
                            "1B2M2Y8AsgTpgAmY7PhCf!==", "=", "===="}) {
        EXPECT_FALSE(parse_content_md5(bad)) << bad;
        EXPECT_FALSE(parse_checksum_sha256(bad)) << bad;
    }
}

TEST(DeclaredDigests, AreCheckedAgainstWhatArrived) {
    const BlobInfo empty{"key", 0, kEmptyMd5, kEmptySha256};
    const BlobInfo other{"key", 3, kAbcMd5, std::string(32, 'x')};
    const DeclaredDigests both{"1B2M2Y8AsgTpgAmY7PhCfg==", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="};
    EXPECT_EQ(check_digests(both, empty), nullptr);
    EXPECT_EQ(check_digests({}, other), nullptr);
    EXPECT_EQ(check_digests({both.content_md5, {}}, other)->code, "BadDigest");
    EXPECT_EQ(check_digests({{}, both.checksum_sha256}, other)->code, "BadDigest");
    EXPECT_EQ(check_digests({"nonsense", {}}, empty)->code, "InvalidDigest");
    EXPECT_EQ(check_form({{}, "nonsense"})->code, "InvalidDigest");
    EXPECT_EQ(check_form(both), nullptr);
}

TEST(DeclaredDigests, APayloadHashIsHexadecimalOrUnsigned) {
    const BlobInfo empty{"key", 0, kEmptyMd5, kEmptySha256};
    const std::string good = "E3B0C44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    EXPECT_EQ(check_digests({{}, {}, good}, empty), nullptr);
    EXPECT_EQ(check_digests({{}, {}, "UNSIGNED-PAYLOAD"}, empty), nullptr);
    EXPECT_EQ(check_digests({{}, {}, std::string(64, '0')}, empty)->code, "XAmzContentSHA256Mismatch");
    for (const char* bad : {"", "0", "e3b0c442", "STREAMING"})
        EXPECT_EQ(check_form({{}, {}, bad})->code, "InvalidArgument") << bad;
}

TEST(PutHeaders, ThatAskForMoreThanStoringTheBodyAreFound) {
    const auto found = [](std::string_view name, std::string_view value) {
        return unsupported_put_header(
            [&](std::string_view asked) { return asked == name ? std::optional<std::string>(value) : std::nullopt; });
    };
    EXPECT_EQ(found("If-None-Match", "*"), "If-None-Match");
    EXPECT_EQ(found("x-amz-copy-source", "/a/b"), "x-amz-copy-source");
    EXPECT_EQ(found("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), "x-amz-content-sha256");
    EXPECT_EQ(found("Content-Encoding", "gzip, AWS-chunked"), "Content-Encoding");
    EXPECT_EQ(found("Content-Encoding", "gzip"), std::nullopt);
    EXPECT_EQ(found("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), std::nullopt);
}

TEST(Disposition, NamesADownload) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"scene.tif", "attachment; filename=\"scene.tif\""},
        {"a b (1).tif", "attachment; filename=\"a b (1).tif\""},
        {"Köln.tif", "attachment; filename=\"K_ln.tif\"; filename*=UTF-8''K%C3%B6ln.tif"},
        {"日本.tif", "attachment; filename=\"__.tif\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.tif"},
        {"a\"b.tif", "attachment; filename=\"a_b.tif\"; filename*=UTF-8''a%22b.tif"},
        {"50%41.tif", "attachment; filename=\"50_41.tif\"; filename*=UTF-8''50%2541.tif"},
        {"a;b'c*d.tif", "attachment; filename=\"a;b'c*d.tif\""},
        {"x\r\nSet-Cookie: a=b", "attachment; filename=\"x__Set-Cookie: a=b\""},
        {"../../etc/passwd", "attachment; filename=\".._.._etc_passwd\""},
        {"c:\\x", "attachment; filename=\"c:_x\""},
        {"..", "attachment; filename=\"download\""},
        {"", "attachment; filename=\"download\""},
        {"a\xC2\x85z", "attachment; filename=\"a_z\""},
    };
    for (const auto& [name, header] : cases)
        EXPECT_EQ(attachment_disposition(name), header);
}

TEST(Disposition, IsPlainAsciiWithoutControlCharactersWhateverTheName) {
    std::string every;
    for (int c = 0; c < 256; ++c)
        every += static_cast<char>(c);
    for (std::size_t i = 0; i < every.size(); ++i)
        for (const char c : attachment_disposition(every.substr(i, 40)))
            ASSERT_TRUE(c >= 0x20 && c < 0x7F);
}

} // namespace
} // namespace landfall::storage
