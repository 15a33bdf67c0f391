// Names and types of files, as tables.

import Testing

@testable import Replicate

struct FileNameTests {
    @Test(arguments: [
        ("/a/b/c.png", "c.png"), ("c.png", "c.png"), ("/a/b/", "b"), ("/", "file"), ("", "file"), ("//", "file"), ("..", "file"),
        ("a/..", "file"), ("a/.", "file"), (".hidden", ".hidden"), ("a\\b", "a_b"), ("a\"b", "a_b"), ("a\nb", "a_b"),
        ("a\0", "a_"),
        // A slash and what follows it would be one letter.
        ("/secret/\u{200D}x", "\u{200D}x"), ("/secret/\u{301}", "\u{301}"), ("/secret/\u{FE0F}a/\u{FF9F}.b", "\u{FF9F}.b"),
        ("Grüße", "Grüße"), ("e\u{301}", "e\u{301}"), ("🦊.gif", "🦊.gif"), ("a\u{2028}b", "a\u{2028}b"), ("...", "..."),
    ])
    func ofAPath(_ path: String, _ name: String) {
        #expect(Array(FileName.of(path: path).utf8) == Array(name.utf8))
    }

    @Test func aPathBelowTheRootStaysThere() {
        for path in ["/x", "/\u{301}x", "/\u{200D}/a"] { #expect(Array(FilePath.absolute(path).utf8) == Array(path.utf8)) }
        #expect(FilePath.absolute("\u{301}x").utf8.first == UInt8(ascii: "/"))
    }

    @Test(arguments: [254, 255, 256, 1000, 100_000])
    func longNamesKeepTheirEnd(_ count: Int) {
        for (letter, end) in [("a", ".png"), ("ü", ".jpeg"), ("🦊", ""), ("a", "."), ("e", ".abcdefghijklmno")] {
            let name = String(repeating: letter, count: count / letter.utf8.count) + end
            let short = FileName.cleaned(name)
            #expect(short.utf8.count == min(name.utf8.count, short.utf8.count) && short.utf8.count <= 255)
            #expect(short.utf8.count > 251 || short == name, "no more is taken than has to be")
            #expect(short.hasSuffix(end) && short.hasPrefix(letter))
        }
        #expect(FileName.cleaned(String(repeating: "x", count: 300) + ".abcdefghijklmnop").utf8.count == 255)
    }

    @Test func aLetterWithMoreAccentsThanFitIsStillAName() {
        let name = "e" + String(repeating: "\u{301}", count: 300)
        let short = FileName.cleaned(name)
        #expect(short.utf8.count == 255 && short.unicodeScalars.first == "e")
        #expect(FileName.cleaned(name + ".png").hasSuffix(".png"))
    }

    @Test func noNameHoldsWhatEndsAHeader() {
        for scalar in (0..<0x300).compactMap(Unicode.Scalar.init) {
            let name = FileName.cleaned("a\(scalar)b")
            #expect(name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && !"\"\\/".utf8.contains($0) })
            #expect(name.unicodeScalars.count == 3)
        }
    }

    @Test(arguments: [
        ("a.png", "image/png"), ("a.PNG", "image/png"), ("a.b.Jpeg", "image/jpeg"), (".mp4", "video/mp4"),
        ("a.tar.gz", "application/gzip"),
        ("a", "application/octet-stream"), ("", "application/octet-stream"), ("a.", "application/octet-stream"),
        ("png", "application/octet-stream"), ("a.pn", "application/octet-stream"), ("a.png ", "application/octet-stream"),
        ("a.safetensors", "application/octet-stream"), ("ü.wav", "audio/wav"), ("a.\u{FF50}ng", "application/octet-stream"),
    ])
    func typesByTheEnd(_ name: String, _ type: String) {
        #expect(MIMEType.of(fileName: name) == type)
    }
}
