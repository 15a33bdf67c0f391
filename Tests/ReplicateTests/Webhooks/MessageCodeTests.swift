// SHA-256 and HMAC-SHA256: the examples of NIST and of RFC 4231, and swift-crypto's for every length up to a few blocks.

import Crypto
import FoundationEssentials
import Testing

@testable import Replicate

struct MessageCodeTests {
    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func hash(_ message: [UInt8]) -> String {
        var hash = Replicate.SHA256()
        hash.update(message)
        return hex(hash.finish())
    }

    /// FIPS 180-2, appendix B, and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func hashOfNIST(_ message: String, _ expected: String) {
        #expect(Self.hash(Array(message.utf8)) == expected)
    }

    @Test func hashOfAMillion() {
        let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(Self.hash(message) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    struct Case: Sendable {
        var key: [UInt8]
        var message: [UInt8]
        var code: String
    }

    /// RFC 4231, section 4; of the fifth the first half is published.
    static let cases = [
        Case(
            key: .init(repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Case(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Case(
            key: .init(repeating: 0xAA, count: 20), message: .init(repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Case(
            key: Array(1...25), message: .init(repeating: 0xCD, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Case(
            key: .init(repeating: 0x0C, count: 20), message: Array("Test With Truncation".utf8),
            code: "a3b6167473100ee06e0c796c2955552b"),
        Case(
            key: .init(repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Case(
            key: .init(repeating: 0xAA, count: 131),
            message: Array(
                """
                This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed \
                before being used by the HMAC algorithm.
                """.utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test(arguments: cases)
    func caseOfTheRFC(_ each: Case) {
        #expect(Self.hex(MessageCode(each.message, key: each.key).bytes).hasPrefix(each.code))
    }

    /// Every length of message and key around the ends of blocks, and every place where a message can be cut.
    @Test func likeSwiftCrypto() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        for count in 0...260 {
            let message = Array(bytes.prefix(count))
            #expect(Self.hash(message) == Self.hex(Crypto.SHA256.hash(data: message)), "\(count)")
        }
        for count in 0...140 {
            let (key, message) = (Array(bytes.suffix(count)), Array(bytes.prefix(count * 2)))
            let code = HMAC<Crypto.SHA256>.authenticationCode(for: message, using: .init(data: key))
            #expect(MessageCode(message, key: key).bytes == Array(code), "\(count)")
        }
        let whole = MessageCode(bytes, key: [1]).bytes
        for cut in bytes.indices {
            let code = bytes.withUnsafeBytes {
                MessageCode([.init(rebasing: $0[..<cut]), .init(rebasing: $0[cut...])], key: [1])
            }
            #expect(code.bytes == whole, "\(cut)")
        }
    }

    @Test func comparesEveryBit() {
        let code = MessageCode(Array("x".utf8), key: [1])
        #expect(code.equals(code.bytes))
        for bit in 0..<256 {
            var other = code.bytes
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!code.equals(other), "\(bit)")
        }
        #expect(!code.equals([]) && !code.equals(Array(code.bytes.dropLast())) && !code.equals(code.bytes + [0]))
    }
}
