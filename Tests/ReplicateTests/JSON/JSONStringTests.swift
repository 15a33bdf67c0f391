// JSON's strings: escapes and surrogates on the way in, quotes on the way out.

import Testing

@testable import Replicate

struct JSONStringTests {
    @Test(arguments: [
        (#""""#, ""), (#""a b""#, "a b"), (#""\"\\\/""#, "\"\\/"), (#""\b\f\n\r\t""#, "\u{8}\u{C}\n\r\t"),
        (#""\u0041""#, "A"), (#""\u00e9\u00E9""#, "\u{E9}\u{E9}"), (#""\u20ac""#, "€"), (#""\u0000x""#, "\0x"),
        (#""\uFFFF""#, "\u{FFFF}"), (#""\uD7FF\uE000""#, "\u{D7FF}\u{E000}"),
        (#""\ud83d\ude00""#, "\u{1F600}"), (#""\uD800\uDC00""#, "\u{10000}"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
        (#""x\ud83d\ude00y""#, "x\u{1F600}y"),
        // Half a pair.
        (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
        (#""\ud800\n""#, "\u{FFFD}\n"),
        (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud800\ud800""#, "\u{FFFD}\u{FFFD}"),
        (#""\ud800\ud83d\ude00""#, "\u{FFFD}\u{1F600}"), (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
        (#""\ud800\\udc00""#, "\u{FFFD}\\udc00"),
        (#""\\u0041""#, "\\u0041"), (#""\\\\n""#, "\\\\n"), ("\"é€\u{1F600}\"", "é€\u{1F600}"),
    ])
    func unescaped(_ text: String, _ expected: String) throws {
        let string = try #require(try JSON(validating: text).string)
        #expect(string.unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test(arguments: ["1", "null", "true", "[\"a\"]", "{\"a\":\"b\"}"])
    func onlyAStringHasText(_ text: String) throws {
        #expect(try JSON(validating: text).string == nil)
    }

    @Test func quotedComesBackForEveryASCIICharacter() throws {
        for code in UInt8(0)..<0x80 {
            let text = "<\(Character(Unicode.Scalar(code)))>"
            let quoted = JSONString.quoted(text)
            #expect(try JSON(validating: quoted).string == text, "U+00\(String(code, radix: 16))")
        }
    }

    @Test(arguments: [
        ("", "\"\""), ("a", "\"a\""), ("\"", #""\"""#), ("\\", #""\\""#), ("/", "\"/\""), ("\n", #""\u000a""#),
        ("\u{1F}", #""\u001f""#), ("\0", #""\u0000""#), ("\u{7F}", "\"\u{7F}\""), ("é\u{1F600}", "\"é\u{1F600}\""),
        ("\r\n", #""\u000d\u000a""#), ("\\\"", #""\\\"""#),
    ])
    func quoted(_ text: String, _ expected: String) {
        #expect(String(decoding: JSONString.quoted(text), as: UTF8.self) == expected)
    }

    @Test func quotedComesBackForRandomText() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                let code = UInt32.random(in: 0...0x10FFFF, using: &generator)
                text.append(Unicode.Scalar(code) ?? "\"")
                text.append(Unicode.Scalar(UInt8.random(in: 0...0x7F, using: &generator)))
            }
            let read = try #require(try JSON(validating: JSONString.quoted(String(text))).string)
            #expect(read.unicodeScalars.elementsEqual(text))
        }
    }
}
