// .env files: what counts as an assignment, quotes, comments, and who wins.

import Testing

@testable import Replicate

struct EnvironmentFileTests {
    @Test(
        arguments: [
            ("A=b", "b"), ("A=b\n", "b"), ("A=b\r\nX=y", "b"), ("  A = b  ", "b"), ("export A=b", "b"), ("export\tA=b", "b"),
            ("A='b c'", "b c"), ("A=\"b c\"", "b c"), ("A=\"b\\\"c\"", "b\"c"), ("A=\"b\\nc\"", "b\nc"), ("A='b\\nc'", "b\\nc"),
            ("A=b # comment", "b"), ("A=b#c", "b#c"), ("A='b # c' # d", "b # c"), ("A=\"b", "\"b"), ("A=", ""), ("A=''", ""),
            ("A=1\nA=2", "2"), ("# A=1", nil), ("A", nil), ("exportA=b", nil), ("AB=c", nil), ("", nil), ("=b", nil),
            ("A=b=c", "b=c"), ("\n\n A=é世\n", "é世"),
        ] as [(String, String?)])
    func value(_ text: String, _ expected: String?) {
        #expect(EnvironmentFile(text)["A"] == expected)
    }

    /// Found by fuzzing: with a mark that joins what follows, a quote was no quote.
    @Test(
        arguments: [
            ("A='b\u{605}' # c", "b\u{605}"), ("A='\u{301}b'", "\u{301}b"), ("A=\u{301}b #\u{301} c", "\u{301}b"),
            ("#\u{301}A=1", nil), ("A=\"b\\\"\u{301}\"", "b\"\u{301}"), ("A =\u{301}", "\u{301}"),
        ] as [(String, String?)])
    func accentsHideNothing(_ text: String, _ expected: String?) {
        #expect(EnvironmentFile(text)["A"].map { Array($0.unicodeScalars) } == expected.map { Array($0.unicodeScalars) })
    }

    @Test func theTokenOfTheFileIsUsedWhereTheEnvironmentHasNone() throws {
        let file = EnvironmentFile("REPLICATE_API_TOKEN=r8_file\nREPLICATE_BASE_URL=http://localhost:1/v1")
        let configuration = try Configuration { file[$0] }
        #expect(configuration.token == "r8_file")
        #expect(configuration.base.text == "http://localhost:1/v1")
    }
}
