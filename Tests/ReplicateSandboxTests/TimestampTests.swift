// Times and cursors: each reads back what it writes.

import Testing

@testable import ReplicateSandbox

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000000Z", 0), ("2024-02-29T23:59:59.999999Z", 1_709_251_199_999_999),
        ("2026-11-21T03:04:05.000006Z", 1_795_230_245_000_006), ("1969-12-31T23:59:59.999999Z", -1),
    ])
    func text(text: String, microseconds: Int64) {
        #expect(Timestamp(microseconds: microseconds).text == text)
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: ["2026-11-21T04:04:05+01:00", "2026-11-20T21:34:05-05:30", "2026-11-21T03:04:05.0000009Z"])
    func otherForms(text: String) {
        #expect(Timestamp(text) == Timestamp("2026-11-21T03:04:05Z"))
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-01-01T", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00.Z", "2026-02-29", "x",
    ])
    func refused(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: [Cursor.before(1), .before(123_456), .after(0), .after(99)])
    func cursor(cursor: Cursor) throws {
        #expect(Cursor(try #require(percentDecoded(cursor.text))) == cursor)
    }

    @Test(arguments: ["", "b", "eDE=", "b1", "%"])
    func cursorRefused(text: String) {
        #expect(Cursor(text) == nil)
    }
}
