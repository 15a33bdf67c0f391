// Base64: the examples of RFC 4648, there and back, and every text that is not the one way to write its bytes.

import FoundationEssentials
import Testing

@testable import Replicate

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func exampleOfTheRFC(_ text: String, _ expected: String) {
        #expect(Base64.encode(Array(text.utf8)) == expected)
        #expect(Base64.decode(expected.utf8) == Array(text.utf8))
    }

    @Test func likeFoundation() {
        var bytes: [UInt8] = []
        for count in 0..<300 {
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.decode(text.utf8) == bytes)
            bytes.append(UInt8(truncatingIfNeeded: count &* 89 &+ 7))
        }
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zg===", "Zm8", "Zm9vYg", "=", "==", "====", "Z===", "Zm=v", "=Zm9", "Zm9v=", "Zm9v====", "Zg==Zg==",
        "Zm8=Zm8=",
        "Zm9v\n", " Zm9v", "Zm 9", "Zm9v\0\0\0\0", "Zm9-", "Zm9_", "Zm9é", "Zm9*",
        // Bits that belong to no byte.
        "Zh==", "Zv==", "Zm9=", "Zn+=",
    ])
    func isNone(_ text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    /// No two texts of four signs mean the same.
    @Test func isUnambiguous() {
        let signs = Array("ABQgwZ+/=".utf8)
        var seen: [[UInt8]: [UInt8]] = [:]
        for a in signs {
            for b in signs {
                for c in signs {
                    for d in signs {
                        guard let bytes = Base64.decode([a, b, c, d]) else { continue }
                        #expect(seen.updateValue([a, b, c, d], forKey: bytes) == nil)
                    }
                }
            }
        }
        #expect(seen.count > 1000)
    }
}
