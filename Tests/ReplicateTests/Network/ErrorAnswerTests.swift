// Errors from any answer a server can give: the right kind, a short line, no secret, and never a trap.

import Testing

@testable import Replicate

struct ErrorAnswerTests {
    private func error(
        _ status: Int, _ body: [UInt8], _ headers: [(name: String, value: String)] = [], hiding: String? = nil
    ) -> ReplicateError {
        ReplicateError(HTTPResponse(status: status, headers: headers, body: body), hiding: hiding)
    }

    private func error(_ status: Int, _ body: String, hiding: String? = nil) -> ReplicateError {
        error(status, Array(body.utf8), hiding: hiding)
    }

    @Test(arguments: [
        (#"{"title":"Insufficient credit","detail":"Top up.","status":402}"#, "Insufficient credit: Top up."),
        (#"{"detail":"File not found"}"#, "File not found"), (#"{"title":"Unauthenticated"}"#, "Unauthenticated"),
        (
            #"{"title":"Input validation failed","detail":"- input: prompt is required\n"}"#,
            "Input validation failed: - input: prompt is required"
        ),
        (#"{"detail":["a","b"]}"#, #"["a","b"]"#), (#"{"detail":{"a":1}}"#, #"{"a":1}"#),
        (#"{"error":"Invalid token."}"#, "Invalid token."),
        (#"{"detail":null,"error":"x"}"#, "x"), (#"{"detail":"","title":""}"#, "the server answered with status 400"),
        (#"{"detail":"a\u0000b\u001b[31m\r\n\tc\u2028d"}"#, "a b [31m c d"), (#""just a string""#, "just a string"),
        (#"["a","b"]"#, "a; b"), ("[1]", "the server answered with status 400"), ("1", "the server answered with status 400"),
        ("null", "the server answered with status 400"), ("{}", "the server answered with status 400"),
        // Found by fuzzing: the message was empty.
        (#""""#, "the server answered with status 400"), (#"" \n""#, "the server answered with status 400"),
        ("", "the server answered with status 400"), (" \n", "the server answered with status 400"),
        ("upstream connect error\nreset", "upstream connect error reset"), ("{\"detail\":\"cut", "{\"detail\":\"cut"),
        ("<!DOCTYPE html><html><title>502</title>", "(a page of HTML)"),
        ("\n<HTML lang=\"en\"><body>", "(a page of HTML)"),
        (#"{"detail":"<html><body>x</body></html>"}"#, "(a page of HTML)"),
    ])
    func message(_ body: String, _ expected: String) {
        #expect(error(400, body).message == expected)
    }

    @Test func partsOfTheProblemAreGiven() throws {
        let fields = #"[ {"type":"required", "field":"input.prompt","description":"\u00e9"} ]"#
        let error = error(422, #"{"title":"T","detail":"D","invalid_fields": \#(fields) ,"retry_after":3}"#)
        #expect(error.title == "T")
        #expect(error.detail == "D")
        #expect(error.invalidFields?.rawText == fields)
        #expect(error.retryAfter == 3)
        #expect(error.status == 422)
        #expect(error.delivery == nil)
    }

    @Test(
        arguments: [
            (400, "Unauthenticated", .auth), (400, "Insufficient credit", .billing), (500, "Unauthenticated", .network),
            (429, "Insufficient credit", .rateLimited), (403, "INPUT VALIDATION FAILED", .invalidInput),
            (404, "Invalid version or not permitted", .invalidInput),
            (404, "Something new", .notFound),
        ] as [(Int, String, ReplicateError.Kind)])
    func theTitleSaysMoreThanTheStatus(_ status: Int, _ title: String, _ kind: ReplicateError.Kind) {
        #expect(error(status, "{\"title\":\"\(title)\"}").kind == kind)
    }

    @Test(
        arguments: [
            ("599", "30", 599, 30), ("0", "1.5", 0, 1.5), ("-1", "-1", nil, nil), ("", "", nil, nil), ("x", "1e3", nil, nil),
            ("99999999999999999999", "nan", nil, nil),
        ] as [(String, String, Int?, Double?)])
    func theRateLimitIsGiven(_ remaining: String, _ reset: String, _ left: Int?, _ seconds: Double?) {
        let error = error(429, [], [("ratelimit-remaining", remaining), ("ratelimit-reset", reset)])
        #expect(error.rateLimitRemaining == left)
        #expect(error.rateLimitReset == seconds)
    }

    @Test(arguments: 300...599)
    func kindOfEveryStatus(_ status: Int) {
        let kind: ReplicateError.Kind =
            switch status {
            case 401, 403: .auth
            case 402: .billing
            case 404, 410: .notFound
            case 429: .rateLimited
            case 503: .capacity
            case 408, 425: .network
            case 300...399: .protocol
            case 400...499: .invalidInput
            default: .network
            }
        let error = error(status, "")
        #expect(error.kind == kind)
        #expect(error.status == status)
        #expect(error.retryable == [408, 425, 429, 500, 502, 503, 504].contains(status))
        #expect(error.message == "the server answered with status \(status)")
    }

    static let long = String(repeating: "word ", count: 250_000)

    @Test(arguments: [
        long, "{\"detail\":\"\(long)\"}", "{\"title\":\"\(long)\",\"detail\":\"\(long)\"}", "\"\(long)\"",
        "{\"error\":\"\(long)\"}",
        String(repeating: "e\u{301}", count: 5000), String(repeating: " ", count: 1 << 20) + "x",
        String(repeating: "\n", count: 9000),
        "x" + String(repeating: "\u{301}", count: 100_000),
    ])
    func foreignTextIsOneShortLine(_ body: String) {
        let error = error(500, body, hiding: "r8_secret")
        for text in [error.message, error.title ?? "", error.detail ?? ""] {
            #expect(text.unicodeScalars.count <= 300)
            #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control })
        }
    }

    @Test(
        arguments: [
            [0xFF, 0xFE, 0x00], [0xC3], [0x00], Array("{\"detail\":\"".utf8) + [0xFF] + Array("\"}".utf8),
            [0xED, 0xA0, 0x80],
            [UInt8](repeating: 0, count: 5000), [UInt8](repeating: 0xFF, count: 5000),
            Array(String(repeating: "[", count: 5000).utf8),
        ] as [[UInt8]])
    func bytesThatAreNotTextMakeAnErrorToo(_ body: [UInt8]) {
        let error = error(502, body)
        #expect(error.kind == .network)
        #expect(!error.message.isEmpty)
        #expect(error.message.unicodeScalars.count <= 300)
        #expect(!error.message.utf8.contains(0))
    }

    @Test(arguments: [
        "no access for r8_secret", "{\"detail\":\"token r8_secret is wrong\"}", "{\"title\":\"r8_secret\"}",
        "\"r8_secret\"", "[\"r8_secret\"]",
        "{\"error\":\"Bearer r8_secretr8_secret\"}", "{\"detail\":[\"r8_secret\"]}", "{\"detail\":\"r8\\u005fsecret\"}",
        "r8_secret\u{301} with an accent", String(repeating: "x", count: 290) + "r8_secret",
        String(repeating: " ", count: 2399) + "r8_secret",
        String(repeating: " ", count: 2405) + "r8_secret", String(repeating: " ", count: 4090) + "r8_secret",
        "r8_secret\r\n",
    ])
    func theTokenIsHiddenWhenTheServerEchoesIt(_ body: String) {
        let error = error(401, body, hiding: "r8_secret")
        for text in [error.message, error.title ?? "", error.detail ?? "", error.description] {
            #expect(!text.contains("r8_secret"))
            #expect(
                !text.unicodeScalars.map { String($0) }.joined(separator: ".").contains("r.8._.s"),
                "not even half of it: \(text)")
        }
    }

    @Test(
        arguments: [
            (.canceled, .canceled, false), (.setup, .internal, false), (.tooLarge("a body"), .protocol, false),
            (.malformed, .protocol, false), (.refused("a private address"), .protocol, false), (.truncated, .truncated, true),
            (.timeout(.connect), .timeout, true), (.timeout(.idle), .timeout, true), (.timeout(.total), .timeout, true),
            (.name, .network, true),
            (.connect, .network, true), (.tls, .network, true), (.send, .network, true), (.receive, .network, true),
        ] as [(TransportFailure.Reason, ReplicateError.Kind, Bool)])
    func transportFailures(_ reason: TransportFailure.Reason, _ kind: ReplicateError.Kind, _ retryable: Bool) {
        let failure = TransportFailure(reason: reason, phase: .waiting, requestTouched: true, message: "why")
        var limits = HTTPRequest.Limits()
        limits.total = .seconds(7)
        let error = ReplicateError(failure, limits: limits, host: "api.example")
        #expect(error.kind == kind)
        #expect(error.retryable == retryable)
        #expect(error.status == nil)
        if case .timeout(let limit) = reason {
            let milliseconds = [.connect: 10_000, .idle: 60_000, .total: 7000][limit] ?? 0
            #expect(
                error.message
                    == "no answer from api.example: the \(limit.rawValue) timeout of \(milliseconds) ms "
                    + "ended it while waiting"
            )
        }
    }

    /// Found in review: a retry's message named the time that was left to it, which nobody had set.
    @Test func aTimeLimitIsNamedAsTheCallerSetIt() {
        var limits = HTTPRequest.Limits()
        (limits.total, limits.whole) = (.milliseconds(480), .seconds(1))
        let failure = TransportFailure(reason: .timeout(.total), phase: .securing, requestTouched: false, message: "")
        let error = ReplicateError(failure, limits: limits, host: "h")
        #expect(error.message == "no answer from h: the total timeout of 1000 ms ended it while securing the connection")
        #expect(ReplicateError.expired(.seconds(1), "before it").message == "the total timeout of 1000 ms passed before it")
        #expect(ReplicateError.expired(nil, "before it").message == "the deadline passed before it")
    }
}
