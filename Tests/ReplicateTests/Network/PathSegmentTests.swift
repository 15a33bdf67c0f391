// Arguments as path segments: encoded, and never more or less than one segment.

import Testing

@testable import Replicate

struct PathSegmentTests {
    @Test(arguments: [
        ("abc", "abc"), ("AZaz09-._~", "AZaz09-._~"), ("a b", "a%20b"), ("a?b#c", "a%3Fb%23c"), ("100%", "100%25"),
        ("%2F", "%252F"),
        ("%2e%2e", "%252e%252e"), ("é", "%C3%A9"), ("\u{1F600}", "%F0%9F%98%80"), ("a:b@c", "a%3Ab%40c"),
        ("...", "..."),
        (".a", ".a"), ("a;b=c&d+e", "a%3Bb%3Dc%26d%2Be"), ("\"'<>{}|^`[]", "%22%27%3C%3E%7B%7D%7C%5E%60%5B%5D"),
    ])
    func encodes(_ text: String, _ expected: String) throws {
        #expect(try PathSegment.encoded(text, argument: "id") == expected)
        #expect(throws: Never.self) { try PathSegment.check(text, argument: "id") }
    }

    @Test(arguments: ["", ".", "..", "/", "a/b", "../x", "a\\b", "/\u{301}", "a\nb", "\0", "a\r", "\u{7F}", "\t"])
    func refuses(_ text: String) throws {
        let error = try #require(throws: ReplicateError.self) { try PathSegment.check(text, argument: "owner") }
        #expect(error.kind == .invalidInput)
        #expect(error.message.hasPrefix("owner "))
        #expect(throws: ReplicateError.self) { _ = try PathSegment.encoded(text, argument: "owner") }
    }
}
