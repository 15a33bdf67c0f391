// The lifetimes that Cancel-After takes.

import Testing

@testable import Replicate

struct CancelAfterTests {
    @Test(arguments: [
        ("5", 5), ("90", 90), ("90s", 90), ("5m", 300), ("2h", 7200), ("1h30m", 5400), ("1h30m45s", 5445),
        ("1h5s", 3605),
        ("1m0s", 60), ("005s", 5), ("0h0m5s", 5), ("999999999", 999_999_999),
    ])
    func takes(_ text: String, _ seconds: Int) throws {
        #expect(CancelAfter.seconds(text) == seconds)
        #expect(throws: Never.self) { try CancelAfter.check(text) }
    }

    @Test(arguments: [
        "", " ", "s", "5 s", " 5", "5\n", "-5", "+5", "5.5", "5S", "5x", "5ms", "1d", "5s5s", "5s1m", "1m1h", "1h30",
        "30m1", "5mm", "1e2",
        "h5", "99999999999999999999", "99999999999h", "\u{665}", "soon", "5,5",
    ])
    func refuses(_ text: String) throws {
        #expect(CancelAfter.seconds(text) == nil)
        let error = try #require(throws: ReplicateError.self) { try CancelAfter.check(text) }
        #expect(error.kind == .invalidInput)
        #expect(!error.message.contains("\n"))
    }

    @Test(arguments: ["0", "4", "4s", "0h0m4s", "0m"])
    func refusesLessThanFiveSeconds(_ text: String) throws {
        let error = try #require(throws: ReplicateError.self) { try CancelAfter.check(text) }
        #expect(error.message == "cancel_after must be at least 5 seconds")
    }
}
