// The signature of a link to a file: the vector of the facts about the API, and what cannot be signed.

import Testing

@testable import Replicate

struct DownloadSignatureTests {
    private static let secret = Array("test-files-secret".utf8)

    @Test func vector() throws {
        let signature = try DownloadSignature.sign(
            owner: "acme", id: "cneqzikepnug6xezperrr4z55o", expiry: 1_708_515_345, secret: Self.secret)
        #expect(signature == "gk7rB0uU68Q+Kmy6rI5j2X1wByLaS7TlXLQcNw3wfzg=")
    }

    @Test func everyPartCounts() throws {
        let signatures = try [
            DownloadSignature.sign(owner: "a", id: "b", expiry: 1, secret: [1]),
            DownloadSignature.sign(owner: "b", id: "a", expiry: 1, secret: [1]),
            DownloadSignature.sign(owner: "a", id: "b", expiry: 11, secret: [1]),
            DownloadSignature.sign(owner: "a", id: "b", expiry: 1, secret: [2]),
            DownloadSignature.sign(owner: "a", id: "b", expiry: 1, secret: [1, 1]),
            DownloadSignature.sign(owner: "ä", id: "b", expiry: .max, secret: [0]),
        ]
        #expect(Set(signatures).count == signatures.count)
        #expect(signatures.allSatisfy { $0.utf8.count == 44 })
    }

    @Test(
        arguments: [
            ("", "f", 1, "owner is empty"), ("a", "", 1, "id is empty"), ("a b", "f", 1, "owner holds a space"),
            ("a", "f g", 1, "id holds a space"), ("a", "f/g", 1, "id"), ("a", "..", 1, "id"), ("a", "f", -1, "expiry is below 0"),
            (String(repeating: "a", count: 8193), "f", 1, "owner has 8193 bytes"),
        ] as [(String, String, Int64, String)])
    func cannotBeSigned(_ owner: String, _ id: String, _ expiry: Int64, _ words: String) {
        #expect { try DownloadSignature.sign(owner: owner, id: id, expiry: expiry, secret: Self.secret) } throws: {
            ($0 as? ReplicateError)?.kind == .invalidInput && ($0 as? ReplicateError)?.message.hasPrefix(words) == true
        }
    }

    @Test func withoutASecret() {
        #expect { try DownloadSignature.sign(owner: "a", id: "f", expiry: 1, secret: []) } throws: {
            ($0 as? ReplicateError)?.message == "secret is empty"
        }
    }
}
