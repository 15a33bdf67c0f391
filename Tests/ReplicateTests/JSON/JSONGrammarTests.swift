// Which texts are JSON and which are not (RFC 8259), and at which byte a refused one went wrong.

import Testing

@testable import Replicate

struct JSONGrammarTests {
    @Test(arguments: [
        "null", "true", "false", " null ", "\t\r\n 1 \t\r\n",
        "0", "-0", "1", "-1", "10", "1234567890", "12345678901234567", "123456789012345678901234567890",
        "0.5", "-0.5", "1.0", "1.10", "0e0", "1e3", "1E3", "1e+3", "1e-3", "1.5E+10", "0.0e-0", "1e999", "1e-999",
        "\"\"", "\"a\"", "\" \"", "\"\u{7F}\"", "\"\u{A0}\"", "\"\u{2028}\"", "\"\u{FEFF}\"", "\"\u{FFFF}\"",
        "\"\u{1F600}\"",
        "\"\\\"\"", "\"\\\\\"", "\"\\/\"", "\"\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\u00e9\\u00E9\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\ud800\"", "\"\\udc00x\"", "\"\\\\u12\"", "\"//\"", "\"'\"",
        "[]", "[ ]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[{}]", "[[],[]]", "[null,true,\"\",0,{},[]]",
        "{}", "{ }", "{\"\":0}", "{\"a\":1}", "{ \"a\" : 1 , \"b\" : 2 }", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":[{}]}}",
        "\u{FEFF}{}", "\u{FEFF} 1",
    ])
    func isJSON(_ text: String) throws {
        #expect(throws: Never.self) { _ = try JSON(validating: text) }
    }

    @Test(arguments: refused)
    func isNotJSON(_ text: String, _ offset: Int) throws {
        let error = try #require(throws: JSONError.self) { _ = try JSON(validating: text) }
        #expect(error.offset == offset, "\(error)")
        #expect(error.description == "\(error.message) at byte \(offset + 1)")
    }

    static let refused: [(text: String, offset: Int)] = [
        ("", 0), (" ", 1), ("\n\n", 2), ("\u{FEFF}", 3), ("\u{FEFF}\u{FEFF}1", 3), ("[\u{FEFF}1]", 1),
        // Arrays and objects.
        ("[", 1), ("]", 0), ("{", 1), ("}", 0), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3),
        ("[1,,2]", 3),
        ("[1}", 2), ("{]", 1), ("[]]", 2), ("{}}", 2), ("[[]", 3), ("{\"a\":1]", 6), ("{\"a\"}", 4), ("{\"a\" 1}", 5),
        ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{,}", 1), ("{a:1}", 1), ("{'a':1}", 1), ("{1:1}", 1), ("{null:1}", 1),
        ("{\"a\":1 \"b\":2}", 7), ("{\"a\"::1}", 5), ("{\"a\"=1}", 4), ("{\"a\":1", 6), ("{\"a\":", 5), ("{\"a\"", 4),
        ("1 2", 2), ("{} {}", 3), ("1,", 1), (",", 0), (":", 0),
        // Words.
        ("nul", 0), ("nulll", 4), ("NULL", 0), ("True", 0), ("tru", 0), ("truefalse", 4), ("falsy", 0), ("NaN", 0),
        ("Infinity", 0), ("-Infinity", 1), ("undefined", 0), ("None", 0),
        // Numbers.
        ("-", 1), ("+1", 0), ("01", 1), ("-01", 2), ("00", 1), (".5", 0), ("-.5", 1), ("1.", 2), ("1.e5", 2), ("1e", 2),
        ("1e+", 3), ("1E-", 3), ("1e+-1", 3), ("0x10", 1), ("1_000", 1), ("--1", 1), ("1.2.3", 3), ("1e1.5", 3),
        ("1a", 1), ("- 1", 1), ("1 .5", 2), ("\u{661}", 0),
        // Strings.
        ("\"", 1), ("\"a", 2), ("'a'", 0), ("\"\\\"", 3), ("\"\\", 2), ("\"\\x\"", 2), ("\"\\U0041\"", 2),
        ("\"\\'\"", 2),
        ("\"\\u\"", 3), ("\"\\u12\"", 5), ("\"\\u123g\"", 6), ("\"\\u 123\"", 3), ("\"\\u00", 5), ("\"\\\n\"", 2),
        ("\"a\nb\"", 2), ("\"\t\"", 1), ("\"\0\"", 1), ("\"\u{1F}\"", 1), ("\"a\" b", 4), ("\"a\"\"b\"", 3),
        // What other formats allow.
        ("// c\n1", 0), ("1 // c", 2), ("/**/1", 0), ("[1]#", 3), ("\u{A0}1", 0), ("\u{2028}1", 0), ("\u{0C}1", 0),
        ("\u{0B}1", 0), ("1\0", 1), ("<html>", 0), ("data: {}", 0), ("`1`", 0), ("[1;2]", 2),
    ]

    @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
    func depth512PassesAnd513Fails(_ open: String, _ close: String) throws {
        for innermost in ["0", "[]", "{}"] {
            func nested(_ depth: Int) -> String {
                let outer = innermost == "0" ? depth : depth - 1
                return String(repeating: open, count: outer) + innermost + String(repeating: close, count: outer)
            }
            #expect(throws: Never.self) { _ = try JSON(validating: nested(512)) }
            let error = try #require(throws: JSONError.self) { _ = try JSON(validating: nested(513)) }
            #expect(error.message == "nested deeper than 512 levels")
            for depth in [1, 2, 511] {
                #expect(throws: Never.self) { _ = try JSON(validating: Array(nested(depth).utf8), depth: depth) }
                #expect(throws: JSONError.self) { _ = try JSON(validating: Array(nested(depth + 1).utf8), depth: depth) }
            }
            #expect(throws: JSONError.self) { _ = try JSON(validating: nested(100_000)) }
        }
    }

    @Test func manySiblingsAreNotDepth() {
        let siblings = String(repeating: "[{}],", count: 2000)
        #expect(throws: Never.self) { _ = try JSON(validating: "[\(siblings)0]") }
    }
}
