// How long a server asks to wait, in all the places and forms where it may say so.

import Testing

@testable import Replicate

struct RetryAfterTests {
    static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    private func seconds(_ headers: [(name: String, value: String)], body: String? = nil) throws -> Double? {
        let response = HTTPResponse(status: 429, headers: headers, body: [])
        return RetryAfter.seconds(response, body: try body.map { try JSON(validating: $0) })
    }

    @Test(
        arguments: [
            ("0", 0), ("1", 1), ("120", 120), ("007", 7), ("0.5", 0.5), ("30.25", 30.25), ("1.", 1), (".5", 0.5),
            ("999999999", 999_999_999),
            ("-5", nil), ("+5", nil), ("soon", nil), ("1e99", nil), ("1e1", nil), ("", nil), (" ", nil), (".", nil),
            ("1.2.3", nil), ("5s", nil),
            ("0x10", nil), ("nan", nil), ("inf", nil), ("1,5", nil), ("1000000000", 1e9),
            ("99999999999999999999999999", 1e26),
            ("tomorrow", nil), ("12:00", nil), (":", nil), ("\u{665}", nil), (String(repeating: "9", count: 400), nil),
        ] as [(String, Double?)])
    func headerInSeconds(_ value: String, _ expected: Double?) throws {
        #expect(try seconds([("retry-after", value), ("date", Self.date)]) == expected)
    }

    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:50:07 GMT", 30), ("Sunday, 06-Nov-94 08:50:07 GMT", 30),
            ("Sun Nov  6 08:50:07 1994", 30),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 0), ("Sun, 06 Nov 1994 08:49:36 GMT", 0),
            ("Sun, 06 Nov 1983 08:49:37 GMT", 0),
            ("Mon, 07 Nov 1994 08:49:37 GMT", 86_400),
        ] as [(String, Double)])
    func headerAsADateCountsFromTheServersClock(_ value: String, _ expected: Double) throws {
        #expect(try seconds([("retry-after", value), ("date", Self.date)]) == expected)
    }

    @Test func withoutADateHeaderOurClockCounts() throws {
        #expect(try seconds([("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]) == 0)
        #expect(try #require(try seconds([("retry-after", "Fri, 31 Dec 2100 23:59:59 GMT")])) > 1e9)
        #expect(try seconds([("retry-after", Self.date), ("date", "nonsense")]) == 0)
    }

    @Test(
        arguments: [
            ("{\"retry_after\":5}", 5), ("{\"retry_after\":2.5}", 2.5), ("{\"retry_after\":0}", 0),
            ("{\"retry_after\":1e1}", 10),
            ("{\"retry_after\":-1}", nil), ("{\"retry_after\":1e99}", nil), ("{\"retry_after\":1e999}", nil),
            ("{\"retry_after\":\"5\"}", nil),
            ("{\"retry_after\":null}", nil), ("{}", nil), ("[5]", nil), ("5", nil),
        ] as [(String, Double?)])
    func body(_ body: String, _ expected: Double?) throws {
        #expect(try seconds([], body: body) == expected)
    }

    @Test func theHeaderWinsOverTheBodyAndThatOverTheLimitsReset() throws {
        let reset = (name: "ratelimit-reset", value: "30")
        #expect(try seconds([reset, ("retry-after", "1")], body: "{\"retry_after\":5}") == 1)
        #expect(try seconds([reset, ("retry-after", "soon")], body: "{\"retry_after\":5}") == 5)
        #expect(try seconds([reset], body: "{\"retry_after\":5}") == 5)
        #expect(try seconds([reset], body: "{\"retry_after\":-5}") == 30)
        #expect(try seconds([reset]) == 30)
        #expect(try seconds([("ratelimit-reset", "-30")]) == nil)
        #expect(try seconds([]) == nil)
    }
}
