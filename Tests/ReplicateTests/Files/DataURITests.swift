// data: URIs as a table: what is one, what is in it, and what only looks like one.

import Testing

@testable import Replicate

struct DataURITests {
    /// The type and the bytes; nil where it is none. In pieces of `limit` bytes.
    private static func decoded(_ text: String, _ limit: Int = 1 << 20) -> (type: String, bytes: [UInt8])? {
        Array(text.utf8).withUnsafeBytes { text in
            guard let uri = DataURI(text) else { return nil }
            var bytes: [UInt8] = []
            var position = 0
            while let piece = uri.piece(of: text, &position, atMost: limit) { bytes += piece }
            #expect(uri.size == Int64(bytes.count))
            return (uri.type, bytes)
        }
    }

    @Test(arguments: [
        ("data:text/plain;base64,aGVsbG8=", "text/plain", "hello"), ("data:text/plain;base64,aGVsbG8", "text/plain", "hello"),
        ("data:text/plain,hello", "text/plain", "hello"), ("data:,hello", "text/plain;charset=US-ASCII", "hello"),
        ("data:;base64,aGk=", "text/plain;charset=US-ASCII", "hi"),
        ("data:;charset=utf-8,%C3%BC", "text/plain;charset=utf-8", "ü"),
        ("data:image/svg+xml;utf8,%3Csvg/%3E", "image/svg+xml;utf8", "<svg/>"), ("data:a/b,", "a/b", ""),
        ("data:a/b;base64,", "a/b", ""), ("DATA:a/b;BASE64,YQ==", "a/b", "a"), ("data:a/b;x=y;base64,YWI=", "a/b;x=y", "ab"),
        ("data:a/b,a,b", "a/b", "a,b"), ("data:a/b,a+b", "a/b", "a+b"), ("data:a/b,%2525", "a/b", "%25"),
        ("data:a/b;base64,YQ", "a/b", "a"), ("data:a/b;base64,YR==", "a/b", "a"),
        ("data:a/b;base64,/+8=", "a/b", "\u{FFFD}\u{FFFD}"),
    ])
    func isDecoded(_ text: String, _ type: String, _ content: String) throws {
        for limit in [1, 2, 3, 4, 1 << 20] {
            let (foundType, bytes) = try #require(Self.decoded(text, limit))
            #expect(foundType == type && String(decoding: bytes, as: UTF8.self) == content)
        }
    }

    @Test(arguments: [
        "", "data", "data:", "data:image/png", "data:image/png;base64", "dat:a/b,x", "datas:a/b,x", " data:a/b,x",
        "data: the following, was measured", "data:the,x", "data:/,x", "data:a/,x", "data:/b,x", "data:a/b/c,x", "data:a b/c,x",
        "data:a/b;;base64,YQ==", "data:a/b; base64,YQ==", "data:a/b;base64 ,YQ==", "data:a/b;=x,y", "data:a/b;x=,y",
        "data:a/b;base64,Y", "data:a/b;base64,YQ=", "data:a/b;base64,YQ===", "data:a/b;base64,=YQ=", "data:a/b;base64,YQ==YQ==",
        "data:a/b;base64,Y Q=", "data:a/b;base64,YW\n", "data:a/b;base64,Y-Q_", "data:a/b;base64,YQ%3D%3D",
        "data:a/b;base64,Yü==", "data:a/b,a b", "data:a/b,a\nb", "data:a/b,a\0b", "data:a/b,\"", "data:a/b,<svg>", "data:a/b,ü",
        "data:a/b,%", "data:a/b,%4", "data:a/b,%4g", "data:a/b,%%41", "data:a/b,x\u{7F}", "d\u{E4}ta:a/b,x", "data:ü/b,x",
    ])
    func isNone(_ text: String) {
        #expect(Self.decoded(text) == nil)
    }

    @Test func everyByteComesBack() throws {
        let all = (0...255).map { UInt8($0) } + [0, 255, 1]
        let escaped = all.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(try #require(Self.decoded("data:a/b,\(escaped)", 7)).bytes == all)
        for count in 0...all.count {
            let part = Array(all.prefix(count))
            #expect(try #require(Self.decoded("data:a/b;base64,\(part.base64)", 10)).bytes == part)
        }
    }

    @Test func theHeadIsShortAndTheRestIsNot() throws {
        #expect(Self.decoded("data:a/b;x=" + String(repeating: "y", count: 900) + ",z")?.bytes == [0x7A])
        #expect(Self.decoded("data:a/b;x=" + String(repeating: "y", count: 2000) + ",z") == nil)
        #expect(Self.decoded("data:" + String(repeating: "a", count: 1 << 20)) == nil)
        let large = "data:a/b;base64," + String(repeating: "QUJD", count: 1 << 17)
        #expect(try #require(Self.decoded(large, 1000)).bytes == Array(String(repeating: "ABC", count: 1 << 17).utf8))
    }
}

extension [UInt8] {
    var base64: String {
        let letters = Array<Character>("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: count, by: 3) {
            let group = self[start..<Swift.min(start + 3, count)]
            let bits = (0..<3).reduce(0) { $0 << 8 | Int($1 < group.count ? group[start + $1] : 0) }
            for letter in 0..<4 { text.append(letter <= group.count ? letters[bits >> (18 - 6 * letter) & 63] : "=") }
        }
        return text
    }
}
