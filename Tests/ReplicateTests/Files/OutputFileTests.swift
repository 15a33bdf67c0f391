// Which texts are files: whole URLs and data: URIs. What a model of language writes is text, whatever it begins with.

import Testing

@testable import Replicate

struct OutputFileTests {
    private static let https = Origin(scheme: "https", host: "api.replicate.com", port: "443")
    private static let http = Origin(scheme: "http", host: "127.0.0.1", port: "80")

    private static func isOne(_ text: String, _ origin: Origin = https) -> Bool {
        Array(text.utf8).withUnsafeBytes { OutputFile.isOne($0, origin: origin) }
    }

    @Test(arguments: [
        "https://replicate.delivery/xezq/a/out-0.webp", "https://h", "https://h/", "HTTPS://H/x", "hTTps://h/x",
        "https://h:8443/x",
        "https://h/a?b=c&d=%20#e", "https://[::1]/x", "https://h/it's", "https://1.2.3.4/x", "https://h/a;b=(c),d!*$+@~",
        "data:image/png;base64,iVBORw==", "data:,x", "https://h/" + String(repeating: "x", count: 16_000),
    ])
    func areFiles(_ text: String) {
        #expect(Self.isOne(text) && Self.isOne(text, Self.http))
    }

    @Test(arguments: [
        "", "https", "https:", "https:/", "https://", "https:///x", "https://?x", "https://#x", "https://:443/", "https:h/x",
        "https: this is what a URL begins with", "https://h/ is where it is", " https://h/x", "https://h/x ", "https://h/x\n",
        "https://h/\0", "https://h/a\tb", "see https://h/x", "\"https://h/x\"", "https://h/\"x\"", "<https://h/x>",
        "https://h/<id>",
        "https://h/{id}", "https://h/a|b", "https://h/a\\b", "https://h/a^b", "https://h/`x`", "https://hü/x", "https://h/ü",
        "https://h/\u{202E}gpj.exe", "https://me@h/x", "https://me:pw@h/x", "https://@h/x", "https://:pw@h/x", "https://h:99999/",
        "https://h:x/", "https://h:443:1/", "https://[::1/x", "httpss://h/x", "xhttps://h/x", "ftp://h/x", "file:///etc/passwd",
        "file:/etc/passwd", "javascript:alert(1)", "mailto:a@b", "//h/x", "/etc/passwd", "h/x", "data:image/png;base64,!",
        "data:",
        "https://h/" + String(repeating: "x", count: 17_000), "https://a b/", "gopher://h/x",
        "https://h%ca/",
    ])
    func areTexts(_ text: String) {
        #expect(!Self.isOne(text) && !Self.isOne(text, Self.http))
    }

    @Test(arguments: ["http://h/x", "HTTP://127.0.0.1:80/x"])
    func httpIsOneOnlyWhereTheAPIIs(_ text: String) {
        #expect(!Self.isOne(text) && Self.isOne(text, Self.http))
    }

    @Test func theyAreFoundAtAnyDepthAndInTheirOrder() throws {
        let output = try JSON(
            validating: #"""
                {"z": "https://h/1", "a": ["text", "data:,2", null, {"b/c~d": "https:\/\/h\/3"}], "": {"": "https://h/4"}, "https://h/key": 5,
                 "prose": "https: this is no URL", "n": [[["\u0068ttps://h/5"]]]}
                """#)
        let found = OutputFile.all(in: output, origin: Self.https)
        #expect(found.map(\.pointer) == ["/z", "/a/1", "/a/3/b~1c~0d", "//", "/n/0/0/0"])
        #expect(found.map(\.url) == ["https://h/1", "data:,2", "https://h/3", "https://h/4", "https://h/5"])
        #expect(found.allSatisfy { output[pointer: $0.pointer]?.string == $0.url })
        let alone = OutputFile.all(in: JSON("https://h/x"), origin: Self.https)
        #expect(alone.map(\.pointer) == [""] && alone.map(\.url) == ["https://h/x"])
        let deep = try JSON(validating: String(repeating: "[", count: 512) + String(repeating: "]", count: 512))
        #expect(OutputFile.all(in: deep, origin: Self.https).isEmpty)
    }
}
